import type { Logger } from '../kernel/log.js';
import type { EngineClient } from './client.js';

/** Something open that a process instance follows. */
export interface Followed {
  /** Unique in its kind; the order in which a sweep goes. */
  readonly id: string;
  readonly businessKey: string;
  /** Null until an instance has taken it over: until then it is found by its business key. */
  readonly processInstanceId: string | null;
}

/** How a sweep finds and mends one kind of things. */
export interface SweptKind<T extends Followed> {
  /** In the plural, as the log names them. */
  readonly name: string;
  /** The next ones that are open and old enough to have an instance, in the order of their ids. */
  open(after: string | undefined, most: number): Promise<T[]>;
  /** Whether an object gets another instance after its instance has reached an end event; after a cancelled instance it always does. */
  restartsCompleted(one: T): boolean;
  /** Called for an object that gets no other instance although its instance has reached an end event. */
  leftBehind?(one: T): Promise<void>;
  /** Starts another instance, unless somebody has changed the thing meanwhile. @returns whether it did */
  startAgain(one: T): Promise<boolean>;
}

export interface SweepDeps {
  readonly engine: EngineClient;
  /** Account in whose name the engine is asked. */
  readonly user: string;
  readonly log: Logger;
}

/** How many are looked at together. */
const pageLength = 500;

/**
 * Mends what has lost its process instance, because someone cancelled it, for example in Cockpit, or because it never came.
 * Looks at all that is open: the oldest ones may all be well, and one that cannot be mended holds up no other.
 * @param page how many are looked at together
 * @returns those for which an instance was started
 * @throws AggregateError when some could not be mended; the others were
 */
export async function sweep<T extends Followed>(
  { engine, user, log }: SweepDeps,
  kind: SweptKind<T>,
  page = pageLength,
): Promise<T[]> {
  const mended: T[] = [];
  const failures: unknown[] = [];
  let open: T[] = [];
  do {
    open = await kind.open(open.at(-1)?.id, page);
    const states = await statesOf(engine, user, open);
    for (const one of open) {
      const state = states.get(one);
      if (state === 'running') continue;
      try {
        if (state === 'completed' && !kind.restartsCompleted(one)) {
          await kind.leftBehind?.(one);
          continue;
        }
        if (await kind.startAgain(one)) mended.push(one);
      } catch (raw) {
        failures.push(new Error(`${kind.name}: ${one.id} cannot be started again`, { cause: raw }));
      }
    }
  } while (open.length === page);
  if (mended.length > 0)
    log.warn(
      { [kind.name]: mended.map(({ businessKey }) => businessKey) },
      'process instances were gone; others were started',
    );
  if (failures.length > 0) throw new AggregateError(failures, `some ${kind.name} cannot be started again`);
  return mended;
}

interface HistoricInstance {
  readonly id: string;
  readonly businessKey: string | null;
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'COMPLETED' | 'EXTERNALLY_TERMINATED' | 'INTERNALLY_TERMINATED';
}

/** How the instances stand; `gone` are those that were cancelled, or that the engine does not know. */
async function statesOf<T extends Followed>(
  engine: EngineClient,
  user: string,
  followed: readonly T[],
): Promise<ReadonlyMap<T, 'running' | 'completed' | 'gone'>> {
  const find = async (name: string, values: readonly string[]) =>
    values.length === 0
      ? []
      : engine.call<HistoricInstance[]>({
          user,
          method: 'POST',
          path: '/history/process-instance',
          body: { [name]: values },
        });
  const ids = followed.flatMap(({ processInstanceId }) => processInstanceId ?? []);
  const keys = followed.flatMap(({ processInstanceId, businessKey }) =>
    processInstanceId === null ? businessKey : [],
  );
  const found = [...(await find('processInstanceIds', ids)), ...(await find('processInstanceBusinessKeyIn', keys))];
  const named = (state: (state: HistoricInstance['state']) => boolean) =>
    new Set(found.filter((each) => state(each.state)).flatMap(({ id, businessKey }) => [id, businessKey]));
  const running = named((state) => state === 'ACTIVE' || state === 'SUSPENDED');
  const completed = named((state) => state === 'COMPLETED');
  return new Map(
    followed.map((one) => {
      const name = one.processInstanceId ?? one.businessKey;
      return [one, running.has(name) ? 'running' : completed.has(name) ? 'completed' : 'gone'];
    }),
  );
}
