/** A thread that judges one upload and ends: see `JudgeThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ModelFile } from '../process/model-checks/index.js';
import type { DeployedModel } from './deployment-types.js';
import { judgeUpload } from './judge.js';

const { uploaded, deployed } = workerData as { uploaded: readonly ModelFile[]; deployed: readonly DeployedModel[] };
parentPort?.postMessage(await judgeUpload(uploaded, deployed));
