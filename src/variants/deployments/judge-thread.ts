import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../kernel/log.js';
import type { FileFinding, ModelFile } from '../../process/model-checks/index.js';
import type { Judgement, Surroundings } from './judge.js';

/** What takes this long, on a busy machine too, is no diagram of ours (milliseconds). */
const timeLimitMs = 10_000;

/** Enough for the largest upload; more is an attack, and ends the thread instead of the server. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

const program = new URL(`./judge-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/**
 * As `judgeUpload`, in a thread of its own: the server answers others meanwhile, and a file that makes a parser run for
 * ever or out of memory costs only the thread.
 */
export async function judgeInThread(
  uploaded: readonly ModelFile[],
  around: Surroundings,
  log: Logger,
): Promise<Judgement> {
  const worker = new Worker(program, { workerData: { uploaded, around }, resourceLimits });
  try {
    return await new Promise<Judgement>((resolve) => {
      const giveUp = (message: string) => {
        resolve({ findings: uploaded.slice(0, 1).map((file) => unjudged(file, message)), units: [] });
      };
      const timer = setTimeout(() => {
        giveUp('It takes too long to check: make it smaller, or split it into called processes.');
      }, timeLimitMs);
      worker.once('message', resolve);
      worker.once('error', (err) => {
        log.error({ err, files: uploaded.map(({ name }) => name) }, 'an upload could not be judged');
        giveUp('It cannot be checked: make it smaller, or draw it anew.');
      });
      worker.once('exit', () => {
        clearTimeout(timer);
      });
    });
  } finally {
    await worker.terminate();
  }
}

function unjudged({ name }: ModelFile, message: string): FileFinding {
  return { file: name, rule: 'readable-file', element: name, message };
}
