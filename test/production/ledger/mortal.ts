import type { Knex } from '../../../src/kernel/db/database.js';
import type { ProductionBackend } from '../../../src/production/backends/backend.js';

/** The life of a worker that may be killed before and after each of its steps. Once dead it does nothing any more. */
export class Fate {
  dead = false;

  /** @param strikes tells at each step whether it is the last one */
  constructor(
    private readonly strikes: () => boolean,
    private readonly onDeath: () => void,
  ) {}

  /** True when the worker is dead, or dies now. */
  struck(): boolean {
    if (!this.dead && this.strikes()) {
      this.dead = true;
      this.onDeath();
    }
    return this.dead;
  }

  /** Comes back only to the living: what a killed process would have done next never happens. */
  async step(): Promise<void> {
    if (this.struck()) await never();
  }
}

const never = () => new Promise<never>(() => undefined);

/** A database as a mortal worker uses it: death may come before and after each statement and each commit. */
export function mortalDatabase(db: Knex, fate: Fate): Knex {
  const lived = async <T>(work: () => PromiseLike<T>): Promise<T> => {
    await fate.step();
    const answer = await work();
    await fate.step();
    return answer;
  };
  return new Proxy(db, {
    apply: (target, _self, [table]: [string]) => mortalQuery(target(table), lived),
    get: (target, name) => {
      if (name === 'raw') return (...given: Parameters<Knex['raw']>) => mortalQuery(target.raw(...given), lived);
      if (name !== 'transaction') return Reflect.get(target, name);
      return (work: (trx: Knex.Transaction) => Promise<unknown>) =>
        lived(() =>
          target.transaction(async (trx) => {
            const answer = await work(trx);
            // A connection that breaks before the commit rolls back.
            if (fate.struck()) throw new Error('killed before the commit');
            return answer;
          }),
        );
    },
  });
}

type Lived = <T>(work: () => PromiseLike<T>) => Promise<T>;

function mortalQuery<T extends object>(query: T, lived: Lived): T {
  const proxy: T = new Proxy(query, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === 'then') {
        return (resolve: (answer: unknown) => unknown, reject: (error: unknown) => unknown) =>
          lived(() => target as unknown as PromiseLike<unknown>).then(resolve, reject);
      }
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const answer: unknown = value.apply(target, given);
        return answer === target ? proxy : answer;
      };
    },
  });
  return proxy;
}

/** A backend as a mortal worker calls it: death may come before a call, and before its answer. */
export function mortalBackend(backend: ProductionBackend, fate: Fate): ProductionBackend {
  return new Proxy(backend, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      // Prepared within a transaction, whose connection a dead process would not keep.
      if (name === 'prepare') {
        return (...given: unknown[]): unknown =>
          fate.struck() ? Promise.reject(new Error('killed while preparing')) : value.apply(target, given);
      }
      return async (...given: unknown[]) => {
        await fate.step();
        try {
          return await value.apply(target, given);
        } finally {
          await fate.step();
        }
      };
    },
  });
}
