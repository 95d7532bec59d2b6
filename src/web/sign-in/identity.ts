import type { EngineClient } from '../../engine/client.js';
import type { Knex } from '../../kernel/db/database.js';
import type { KeyRing } from '../../kernel/key-ring.js';
import type { SecurityEvents } from '../../kernel/security-events.js';
import { AccountChanges } from './account-changes.js';
import { Directory } from './directory.js';
import { KnownPlaces } from './known-places.js';
import { PasswordStore } from './password-store.js';
import { Passwords } from './passwords.js';
import { SecondFactors } from './second-factors.js';
import { SessionStore } from './session-store.js';
import { SignInThrottle } from './throttle.js';

/** Who people are and how they prove it: what the door asks, and what the administration of accounts changes. */
export interface Identity {
  readonly directory: Directory;
  readonly passwords: Passwords;
  readonly passwordStore: PasswordStore;
  readonly places: KnownPlaces;
  readonly sessions: SessionStore;
  readonly factors: SecondFactors;
  readonly changes: AccountChanges;
  readonly security: SecurityEvents;
}

export interface IdentityDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  readonly security: SecurityEvents;
  /** Seals the secrets of second factors. */
  readonly keyRing: KeyRing;
}

export function openIdentity({ db, engine, security, keyRing }: IdentityDeps): Identity {
  const changes = new AccountChanges(db);
  const directory = new Directory(engine, changes);
  const places = new KnownPlaces(db);
  const passwordStore = new PasswordStore(db);
  const throttle = new SignInThrottle(db, places);
  const passwords = new Passwords({ store: passwordStore, directory, throttle, places, changes, security });
  return {
    directory,
    passwords,
    passwordStore,
    places,
    sessions: new SessionStore(db),
    factors: new SecondFactors(db, keyRing, throttle),
    changes,
    security,
  };
}

/** Forgets what signs an account in, when it is gone: one of the same name begins anew. */
export async function forgetAccount(
  { passwordStore, places, sessions, factors }: Identity,
  account: string,
): Promise<void> {
  await Promise.all([
    passwordStore.forget(account),
    places.forget(account),
    sessions.end(account),
    factors.forget(account),
  ]);
}
