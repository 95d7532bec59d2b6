import type { Knex } from '../../kernel/db/database.js';
import { ownsTables } from '../../kernel/db/grants.js';
import type { EngineClient } from '../../engine/client.js';
import type { DeployedDefinition } from '../../engine/deployment.js';
import type { HealthPart, HealthReport } from '../../web/health.js';
import { canBegin } from '../../process/contract/index.js';
import { nothingEnabledHint, readUseCases } from '../../variants/index.js';
import { readWorkers } from './worker-store.js';

/** A part that knows itself how it is, and the address of the page about it. */
export interface AskedPart {
  readonly state: () => HealthPart | Promise<HealthPart>;
  readonly page: string;
}

/** How long a part may take to answer (ms). */
const patienceMs = 2_000;

/**
 * How each part is; `down` when one that the main job needs does not answer. Mail that waits,
 * an audit log that is not sealed and definitions that never passed the gate are no outage.
 * @param others parts that have a page in the console
 */
export async function healthReport(
  db: Knex,
  engine: EngineClient,
  user: string,
  others: Readonly<Record<string, AskedPart>>,
): Promise<HealthReport> {
  const [database, engineState, worker, useCases, further] = await Promise.all([
    ask(async () => {
      if (!(await ownsTables(db))) return { status: 'up' };
      return {
        status: 'up',
        detail: 'the application owns its tables, so it could change what it must only add to; set DATABASE_OWNER_URL',
      };
    }),
    ask(async () => {
      const { version } = await engine.call<{ version: string }>({ user, path: '/version', timeoutMs: patienceMs });
      return {
        status: 'up',
        detail: `${version}; community support of Camunda 7 has ended, so the door refuses what its open flaws need`,
      };
    }),
    ask(async () => workersState(await readWorkers(db))),
    within(readUseCases(db)).catch(() => []),
    Promise.all(
      Object.entries(others).map(async ([name, { state, page }]) => {
        return [name, { ...(await ask(async () => state())), page }] as const;
      }),
    ),
  ]);
  const parts = { database, engine: engineState, worker, ...Object.fromEntries(further) };
  const down = [database, engineState, worker].some((part) => part.status === 'down');
  return {
    status: down ? 'down' : 'up',
    parts,
    useCases: useCases.map(({ id, enabled, choice }) => ({ id, enabled, variant: choice?.variant ?? null })),
    ...(canBegin(useCases) || useCases.length === 0 ? {} : { hint: nothingEnabledHint }),
  };
}

/** Definitions that never passed the deploy gate; the product itself keeps running. */
export function definitionsState(foreign: readonly DeployedDefinition[]): HealthPart {
  if (foreign.length === 0) return { status: 'up' };
  const names = foreign.slice(0, 5).map(({ processKey, version }) => `${processKey} version ${version}`);
  const more = foreign.length > names.length ? ` and ${foreign.length - names.length} more` : '';
  return {
    status: 'down',
    detail: `${names.join(', ')}${more} never passed the deploy gate; see them with: npm run cards -- process foreign`,
  };
}

function workersState(workers: Awaited<ReturnType<typeof readWorkers>>): HealthPart {
  if (workers.length === 0) return { status: 'down', detail: 'no worker runs; start one with: npm run start:worker' };
  const ready = workers.filter((worker) => worker.ready).length;
  const [problem] = workers.flatMap((worker) => worker.problems);
  const detail = `${ready} of ${workers.length} ready${problem === undefined ? '' : `; ${problem}`}`;
  return { status: ready > 0 ? 'up' : 'down', detail };
}

async function ask(question: () => Promise<HealthPart>): Promise<HealthPart> {
  try {
    return await within(question());
  } catch (raw) {
    return { status: 'down', detail: raw instanceof Error ? raw.message : 'does not answer' };
  }
}

async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('does not answer in time'));
    }, patienceMs);
  });
  return Promise.race([answer, late]).finally(() => {
    clearTimeout(timer);
  });
}
