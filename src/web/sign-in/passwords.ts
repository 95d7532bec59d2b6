import { createHmac, randomBytes } from 'node:crypto';
import { canonicalAccount } from '../../domain/identities.js';
import { technicalAccounts } from '../../domain/roles.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import type { SecurityEvents } from '../../kernel/security-events.js';
import { TtlCache } from '../ttl-cache.js';
import type { AccountChanges } from './account-changes.js';
import { networkOf, type Caller } from './caller.js';
import type { Directory } from './directory.js';
import { isCurrent, isPassword } from './password-hash.js';
import type { PasswordStore } from './password-store.js';
import type { KnownPlaces } from './known-places.js';
import type { SignInThrottle } from './throttle.js';

/** How long a verified password counts without being judged again, in milliseconds. */
const VERIFIED_TTL = 30_000;
const MAX_LENGTH = 1_000;
const MAX_REMEMBERED = 10_000;

export interface Credentials {
  readonly account: string;
  readonly password: string;
}

export interface PasswordsDeps {
  readonly store: PasswordStore;
  readonly directory: Directory;
  readonly throttle: SignInThrottle;
  readonly places: KnownPlaces;
  readonly changes: AccountChanges;
  readonly security: SecurityEvents;
}

/**
 * Judges passwords of every kind of sign-in: one throttle, one form, one time. Technical accounts have none that counts.
 * A password that only the engine knows is judged there once more, and kept by us from then on.
 */
export class Passwords {
  private readonly verified = new TtlCache<void>(VERIFIED_TTL, MAX_REMEMBERED);
  /** What each place has sent last for an account, as an HMAC. */
  private readonly last = new Map<string, string>();
  /** Of this process only, so that what is remembered reveals nothing about passwords. */
  private readonly key = randomBytes(32);

  constructor(private readonly deps: PasswordsDeps) {
    deps.changes.onChange((account) => {
      for (const place of this.last.keys())
        if (account === null || place.startsWith(prefixOf(account))) this.forgetPlace(place);
    });
  }

  /**
   * @returns the browser's new device token; null for programs
   * @throws ProductError `unauthenticated`, `too-many-attempts`, `engine-unavailable`
   */
  async verify({ account, password }: Credentials, caller: Caller): Promise<string | null> {
    const { throttle, places, security } = this.deps;
    const event = { account: account.slice(0, 100), address: caller.address, requestId: caller.requestId };
    const attempt = await throttle.begin(account.slice(0, MAX_LENGTH), caller).catch(async (raw: unknown) => {
      if (isProductError(raw, 'too-many-attempts')) await security.record('sign-in-locked', event);
      throw raw;
    });
    const right = await this.judge(account, password).catch(async (raw: unknown) => {
      await attempt.withdraw();
      throw raw;
    });
    if (!right) {
      await security.record('sign-in-failed', event);
      throw new ProductError('unauthenticated', 'The account or the password is wrong.');
    }
    await attempt.withdraw();
    return places.remember(account, caller);
  }

  /**
   * As `verify`, for callers that send their password with every request. One that is sent again is known for a while;
   * another one from the same address takes that away, so that a guess is always judged and counted.
   * @param also what else has to hold, judged as seldom
   */
  verifyOften(credentials: Credentials, caller: Caller, also: () => Promise<void>): Promise<void> {
    const { account, password } = credentials;
    const place = `${prefixOf(account)}${networkOf(caller.address)}`;
    const mac = createHmac('sha256', this.key)
      .update(JSON.stringify([account, password]))
      .digest('base64');
    if (this.last.get(place) !== mac) this.forgetPlace(place);
    this.last.set(place, mac);
    const [oldest] = this.last.keys();
    if (this.last.size > MAX_REMEMBERED && oldest !== undefined) this.forgetPlace(oldest);
    return this.verified.get(place, async () => {
      await this.verify(credentials, caller);
      await also();
    });
  }

  private forgetPlace(place: string): void {
    this.last.delete(place);
    this.verified.forget(place);
  }

  /**
   * As long for an account that does not exist, or that only the engine knows, as for any other: so the engine is asked,
   * and a hash judged, also where the answer does not count.
   */
  private async judge(account: string, password: string): Promise<boolean> {
    const { store } = this.deps;
    const technical = Object.values<string>(technicalAccounts).includes(canonicalAccount(account));
    const holdsNul = account.includes('\0');
    const sensible = !technical && !holdsNul && account.length <= MAX_LENGTH && password.length <= MAX_LENGTH;
    if (!sensible) return isPassword('', null);
    const hash = await store.read(account);
    const [ours, engines] = await Promise.all([
      isPassword(password, hash),
      this.engineTakes(account, password).catch((raw: unknown) => {
        if (hash === null) throw raw;
        return false;
      }),
    ]);
    if (hash === null && engines) await store.adopt(account, password);
    if (hash !== null && ours && !isCurrent(hash)) await store.write(account, password);
    return hash === null ? engines : ours;
  }

  /** The engine has hashed what was typed when the password was set, in the form in which that system composes letters. */
  private async engineTakes(account: string, password: string): Promise<boolean> {
    const forms = new Set([password, password.normalize('NFC'), password.normalize('NFD')]);
    for (const form of forms) if (await this.deps.directory.verify(account, form)) return true;
    return false;
  }
}

function prefixOf(account: string): string {
  return `${JSON.stringify(account)} `;
}
