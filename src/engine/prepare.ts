import { checkModels, readModelFiles } from '../process/model-checks/index.js';
import type { EngineClient } from './client.js';
import { bootstrapEngine } from './bootstrap.js';

/** How long the engine may take to come up (ms). */
const patienceMs = 90_000;
const lookEveryMs = 300;

/**
 * Waits for the engine, then brings its accounts, grants and filters to what this release ships.
 * @param folder the shipped diagrams and forms
 * @returns first accounts that were created now
 * @throws Error when a diagram breaks the contract, or when the engine does not answer in time
 */
export async function prepareEngine(
  engine: EngineClient,
  user: string,
  folder: string,
  passwords: Readonly<Record<string, string>>,
  progress: (text: string) => void,
): Promise<readonly string[]> {
  await assertModels(folder);
  await waitForEngine(engine, user);
  progress('Creating groups, accounts and filters');
  return bootstrapEngine(engine, user, passwords);
}

/** The last look at what goes live; lint and tests have looked before. */
async function assertModels(folder: string): Promise<void> {
  const findings = await checkModels(await readModelFiles(folder));
  const [first] = findings;
  if (first === undefined) return;
  throw new Error(
    `The diagrams break the contract in ${findings.length} places, first ${first.file}, ${first.element}: ${first.message}`,
  );
}

async function waitForEngine(engine: EngineClient, user: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await engine.call({ user, path: '/version', timeoutMs: 2_000 });
      return;
    } catch (raw) {
      if (Date.now() > deadline) throw raw;
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
