import { checkModels, readModelFiles } from '../process/model-checks/index.js';
import type { EngineClient } from './client.js';
import { bootstrapEngine } from './bootstrap.js';
import { deployUnit, readUnits, type DeployedDefinition, type DeploymentUnit } from './deployment.js';

export interface PreparedEngine {
  /** First accounts that were created now. */
  readonly createdAccounts: readonly string[];
  readonly deployed: readonly { readonly unit: DeploymentUnit; readonly definition: DeployedDefinition }[];
}

/** How long the engine may take to come up (ms). */
const patienceMs = 90_000;
const lookEveryMs = 300;

/**
 * Waits for the engine, then brings its accounts, grants, filters and diagrams to what this release ships.
 * @param folder the diagrams and forms to deploy
 * @throws Error when a diagram breaks the contract, or when the engine does not answer in time
 */
export async function prepareEngine(
  engine: EngineClient,
  user: string,
  folder: string,
  passwords: Readonly<Record<string, string>>,
  progress: (text: string) => void,
): Promise<PreparedEngine> {
  await assertModels(folder);
  await waitForEngine(engine, user);
  progress('Creating groups, accounts and filters');
  const createdAccounts = await bootstrapEngine(engine, user, passwords);
  progress('Deploying diagrams and forms');
  const deployed: { unit: DeploymentUnit; definition: DeployedDefinition }[] = [];
  for (const unit of await readUnits(folder)) deployed.push({ unit, definition: await deployUnit(engine, user, unit) });
  return { createdAccounts, deployed };
}

/** The last look at what goes live; lint and tests have looked before. */
async function assertModels(folder: string): Promise<void> {
  const findings = await checkModels(await readModelFiles(folder));
  const [first] = findings;
  if (first === undefined) return;
  throw new Error(`The diagrams break the contract in ${findings.length} places, first ${first.file}, ${first.element}: ${first.message}`);
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
