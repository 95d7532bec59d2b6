import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from '../../kernel/db/database.js';
import { networkOf, type Caller } from './caller.js';

/** Wrong passwords within an hour after which a place is as strange as any other. */
const patience = 100;
const recently = "last_right_at > now() - interval '180 days'";

/**
 * Where the password of an account was right before: a browser by the token of its device cookie, a program by its
 * address. Wrong passwords from elsewhere do not count there, so nobody shuts a person out of their own device.
 */
export class KnownPlaces {
  constructor(private readonly db: Knex) {}

  /**
   * Counts a try from a place that is known.
   * @returns false where it is not known, or was wrong too often
   */
  async count(account: string, caller: Caller): Promise<boolean> {
    const place = placeOf(caller);
    if (place === null) return false;
    const { rows } = await this.db.raw<{ rows: unknown[] }>(
      `update known_place set failed_at = now(),
         failed = case when failed_at < now() - interval '1 hour' then 1 else failed + 1 end
       where account = ? and place = ? and ${recently}
         and (failed < ? or failed_at < now() - interval '1 hour')
       returning 1`,
      [account, place, patience],
    );
    return rows.length > 0;
  }

  /** Takes back one try that `count` counted. */
  async withdraw(account: string, caller: Caller): Promise<void> {
    const place = placeOf(caller);
    if (place !== null) await this.db('known_place').where({ account, place }).decrement('failed');
  }

  /**
   * Keeps where a password was right. A browser's tries start afresh, and so does its token, for all of its accounts:
   * one that somebody has put into the browser is useless afterwards.
   * @returns the browser's new token; null for programs
   */
  async remember(account: string, caller: Caller): Promise<string | null> {
    await this.db.raw(`delete from known_place where not (${recently})`);
    const token = caller.basic ? null : randomBytes(32).toString('base64url');
    const former = placeOf(caller);
    const place = token === null ? former : hashOf('device', token);
    if (token !== null && former !== null) await this.db('known_place').where({ place: former }).update({ place });
    await this.db('known_place')
      .insert({ account, place })
      .onConflict(['account', 'place'])
      .merge({ last_right_at: this.db.fn.now(), ...(token !== null && { failed: 0 }) });
    return token;
  }

  /** Forgets every place of an account. */
  async forget(account: string): Promise<void> {
    await this.db('known_place').where({ account }).delete();
  }
}

function placeOf({ basic, address, device }: Caller): Buffer | null {
  if (basic) return hashOf('address', networkOf(address));
  return device === null ? null : hashOf('device', device);
}

function hashOf(kind: 'device' | 'address', value: string): Buffer {
  return createHash('sha256').update(`${kind}\n${value}`).digest();
}
