import { technicalAccounts } from '../../domain/roles.js';
import type { EngineClient } from '../../engine/client.js';
import { groupsOf } from '../../engine/identity.js';
import { rolesOf, type SignedInUser } from '../signed-in-user.js';
import { TtlCache } from '../ttl-cache.js';
import type { AccountChanges } from './account-changes.js';

/** How long a change that somebody makes in the engine past the server may go unseen, in milliseconds. */
const PERSON_TTL = 10_000;

interface EngineUser {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

/** The engine's identity service, where people and groups live. */
export class Directory {
  private readonly people = new TtlCache<SignedInUser | null>(PERSON_TTL, 10_000);

  constructor(
    private readonly engine: EngineClient,
    changes: AccountChanges,
  ) {
    changes.onChange((account) => {
      if (account === null) this.people.clear();
      else this.people.forget(account);
    });
  }

  /** Whether the engine takes this for the account's password: one that was set there. */
  async verify(account: string, password: string): Promise<boolean> {
    const answer = await this.engine.call<{ authenticated: boolean }>({
      user: technicalAccounts.server,
      method: 'POST',
      path: '/identity/verify',
      body: { username: account, password },
    });
    return answer.authenticated;
  }

  /** The person behind an account, or null when there is none any more. */
  person(account: string): Promise<SignedInUser | null> {
    return this.people.get(account, () => this.load(account));
  }

  /** Makes the next `person` look again, for someone who has just signed in. */
  forget(account: string): void {
    this.people.forget(account);
  }

  private async load(account: string): Promise<SignedInUser | null> {
    const user = technicalAccounts.server;
    const [users, groups] = await Promise.all([
      this.engine.call<EngineUser[]>({ user, path: '/user', query: { id: account } }),
      groupsOf(this.engine, user, account),
    ]);
    const [found] = users;
    if (found === undefined) return null;
    const name = [found.firstName, found.lastName].filter((part) => part !== null && part !== '').join(' ');
    return { id: found.id, name: name === '' ? found.id : name, groups, roles: rolesOf(groups) };
  }
}
