/** A thread that judges one upload and ends: see `judgeInThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ModelFile } from '../../process/model-checks/index.js';
import { judgeUpload, type Surroundings } from './judge.js';

const { uploaded, around } = workerData as { readonly uploaded: readonly ModelFile[]; readonly around: Surroundings };
parentPort?.postMessage(await judgeUpload(uploaded, around));
