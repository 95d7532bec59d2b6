import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from '../../kernel/db/database.js';

/** A session ends 12 hours after sign-in, and after one hour in which nobody used it. */
const alive = "created_at > now() - interval '12 hours' and last_seen_at > now() - interval '1 hour'";

/** Sessions in PostgreSQL, so that signing out ends them on every server. The database holds no usable token. */
export class SessionStore {
  constructor(private readonly db: Knex) {}

  /** Opens a session and returns its token, which is stored nowhere; clears away sessions that have ended. */
  async open(account: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.db.raw(`delete from session where not (${alive})`);
    await this.db.raw('insert into session (token_hash, account) values (?, ?)', [hashOf(token), account]);
    return token;
  }

  /** The account of a session that is alive. Its last use is noted at most once a minute. */
  async accountOf(token: string): Promise<string | null> {
    const { rows } = await this.db.raw<{ rows: { account: string; note: boolean }[] }>(
      `select account, last_seen_at < now() - interval '1 minute' as note
       from session where token_hash = ? and ${alive}`,
      [hashOf(token)],
    );
    const [session] = rows;
    if (session === undefined) return null;
    if (session.note)
      await this.db.raw('update session set last_seen_at = now() where token_hash = ?', [hashOf(token)]);
    return session.account;
  }

  async close(token: string): Promise<void> {
    await this.db.raw('delete from session where token_hash = ?', [hashOf(token)]);
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
