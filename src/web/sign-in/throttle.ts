import { createHash } from 'node:crypto';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { networkOf, type Caller } from './caller.js';
import type { KnownPlaces } from './known-places.js';

/** Failed tries before the first wait. Each further one doubles it, from one second to 15 minutes. */
const free = {
  /** One account from one address. */
  pair: 5,
  /** One account from wherever, against a guesser with many addresses. */
  account: 30,
  /** One address over all accounts, against one password tried on everybody. */
  address: 50,
  /** Codes of a second factor, which only who has the password can try. */
  code: 5,
} as const;

interface Limit {
  readonly key: Buffer;
  readonly free: number;
}

/** A try that was let through, and counts as failed until it is reported as right. */
export interface Attempt {
  /** It was right, or nobody judged it: it does not count. */
  withdraw(): Promise<void>;
}

/**
 * Slows down guessing: of passwords in every kind of sign-in, and of codes. In PostgreSQL, so that several servers count
 * together and a restart forgives nothing. Counted before anything is judged: tries sent at once count too. What was
 * tried is kept as hashes, since people type passwords into the wrong field, for an hour.
 */
export class SignInThrottle {
  constructor(
    private readonly db: Knex,
    private readonly places: KnownPlaces,
  ) {}

  /**
   * Counts a try of a password.
   * @throws ProductError `too-many-attempts` with `retryAfterSeconds`
   */
  async begin(account: string, caller: Caller): Promise<Attempt> {
    if (await this.places.count(account, caller)) return { withdraw: () => this.places.withdraw(account, caller) };
    const network = networkOf(caller.address);
    return this.count([limitOf('pair', account, network), limitOf('account', account), limitOf('address', network)]);
  }

  /** Counts a try of a second factor's code. @throws ProductError `too-many-attempts` with `retryAfterSeconds` */
  beginCode(account: string): Promise<Attempt> {
    return this.count([limitOf('code', account)]);
  }

  private async count(limits: readonly Limit[]): Promise<Attempt> {
    const keys = limits.map(({ key }) => key);
    await this.db.transaction(async (trx) => {
      await trx.raw(
        `delete from failed_sign_in where key in (
           select key from failed_sign_in where last_at < now() - interval '1 hour' limit 10 for update skip locked)`,
      );
      // A row that waits is left as it is, also where another try has counted since this one began.
      const { rows } = await trx.raw<{ rows: unknown[] }>(
        `insert into failed_sign_in as f (key, free, failed, last_at, blocked_until)
         select decode(l.key, 'hex'), l.free, 1, clock_timestamp(), clock_timestamp()
         from jsonb_to_recordset(cast(:limits as jsonb)) as l (key text, free integer) order by l.key
         on conflict (key) do update set (failed, last_at, blocked_until) = (
           select n, clock_timestamp(), clock_timestamp() + case when n < f.free then interval '0'
             else least(interval '15 minutes', interval '1 second' * power(2, least(n - f.free, 20))) end
           from (select case when f.last_at < clock_timestamp() - interval '1 hour' then 1 else f.failed + 1 end as n) as next)
         where f.blocked_until <= clock_timestamp()
         returning 1`,
        { limits: JSON.stringify(limits.map((limit) => ({ key: limit.key.toString('hex'), free: limit.free }))) },
      );
      if (rows.length < limits.length) throw await tooMany(trx, keys);
    });
    return {
      withdraw: async () => {
        await this.db('failed_sign_in')
          .whereIn('key', keys)
          .update({
            failed: this.db.raw('failed - 1'),
            blocked_until: this.db.raw('least(blocked_until, clock_timestamp())'),
          });
      },
    };
  }
}

async function tooMany(db: Knex, keys: readonly Buffer[]): Promise<ProductError> {
  const { rows } = await db.raw<{ rows: { seconds: number | null }[] }>(
    `select ceil(extract(epoch from max(blocked_until) - clock_timestamp()))::integer as seconds
     from failed_sign_in where key = any(:keys)`,
    { keys: [...keys] },
  );
  const seconds = Math.max(1, rows[0]?.seconds ?? 1);
  const sentence = `Too many failed tries. Wait ${seconds} s, then try again.`;
  return new ProductError('too-many-attempts', sentence, { retryAfterSeconds: seconds });
}

function limitOf(kind: keyof typeof free, ...names: readonly string[]): Limit {
  const key = createHash('sha256')
    .update(JSON.stringify([kind, ...names]))
    .digest();
  return { key, free: free[kind] };
}
