import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from '../../kernel/db/database.js';
import type { Caller } from './caller.js';

/**
 * A session ends 12 hours after sign-in, and after one hour in which nobody used it; one that waits for its second factor
 * after five minutes.
 */
const alive = `created_at > now() - interval '12 hours' and last_seen_at > now() - interval '1 hour'
  and (stage = 'open' or created_at > now() - interval '5 minutes')`;

/** `code`, `enrolment`: the password was right, and the second factor is asked for or has to be set up. */
export type SessionStage = 'open' | 'code' | 'enrolment';

/** What a request knows of the session it came with. */
export interface StoredSession {
  readonly id: string;
  readonly account: string;
  /** Whether its second factor was right. */
  readonly secondFactor: boolean;
  /** Whether the account has a second factor, or has to have one. */
  readonly accountNeedsFactor: boolean;
  /** Roles whose members have to have one. */
  readonly rolesWithFactor: readonly string[];
}

/** A session as its owner is shown it. */
export interface SessionView {
  readonly id: string;
  readonly address: string | null;
  /** `User-Agent` at sign-in. */
  readonly program: string | null;
  readonly since: Date;
  /** To the minute. */
  readonly lastUse: Date;
}

/** Sessions in PostgreSQL, so that signing out ends them on every server. The database holds no usable token. */
export class SessionStore {
  constructor(private readonly db: Knex) {}

  /** Opens a session and returns its token, which is stored nowhere; clears away sessions that have ended. */
  async open(
    account: string,
    { address, program }: Pick<Caller, 'address' | 'program'>,
    stage: SessionStage = 'open',
    secondFactor = false,
  ): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.db.raw(`delete from session where not (${alive})`);
    await this.db('session').insert({
      token_hash: hashOf(token),
      account,
      address,
      program,
      stage,
      second_factor: secondFactor,
    });
    return token;
  }

  /** A session that is alive, with what has to hold of its account now. Its last use is recorded at most once a minute. */
  async find(token: string): Promise<StoredSession | null> {
    const { rows } = await this.db.raw<{ rows: (StoredSession & { note: boolean })[] }>(
      `select id, account, second_factor as "secondFactor", last_seen_at < now() - interval '1 minute' as note,
         exists (select from second_factor f where f.account = session.account and f.confirmed)
           or exists (select from second_factor_rule r where r.account = session.account) as "accountNeedsFactor",
         array(select role from second_factor_rule where role is not null) as "rolesWithFactor"
       from session where token_hash = ? and stage = 'open' and ${alive}`,
      [hashOf(token)],
    );
    const [session] = rows;
    if (session === undefined) return null;
    if (session.note)
      await this.db.raw('update session set last_seen_at = now() where token_hash = ?', [hashOf(token)]);
    return session;
  }

  /** Whose sign-in waits for a second factor. */
  async findWaiting(token: string): Promise<{ readonly account: string; readonly stage: SessionStage } | null> {
    const { rows } = await this.db.raw<{ rows: { account: string; stage: SessionStage }[] }>(
      `select account, stage from session where token_hash = ? and stage <> 'open' and ${alive}`,
      [hashOf(token)],
    );
    return rows[0] ?? null;
  }

  /** Keeps that the second factor was right in a session that is open already. */
  async raise(token: string): Promise<void> {
    await this.db('session')
      .where({ token_hash: hashOf(token) })
      .update({ second_factor: true });
  }

  async close(token: string): Promise<void> {
    await this.db.raw('delete from session where token_hash = ?', [hashOf(token)]);
  }

  /** The open sessions of an account, the one used last first. */
  async list(account: string): Promise<SessionView[]> {
    const { rows } = await this.db.raw<{ rows: SessionView[] }>(
      `select id, address, program, created_at as since, last_seen_at as "lastUse"
       from session where account = ? and stage = 'open' and ${alive} order by last_seen_at desc, id`,
      [account],
    );
    return rows;
  }

  /**
   * Ends sessions of an account.
   * @param which by default all; or one by id, or all but one
   * @returns how many have ended
   */
  async end(account: string, which: { readonly id?: string; readonly except?: string } = {}): Promise<number> {
    return this.db('session')
      .where({ account, ...(which.id !== undefined && { id: which.id }) })
      .modify((query) => {
        if (which.except !== undefined) void query.whereNot({ id: which.except });
      })
      .delete();
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
