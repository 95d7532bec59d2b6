import { randomBytes } from 'node:crypto';
import { groups, technicalAccounts, type Role } from '../../domain/roles.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import { ensureAccount } from '../../engine/identity.js';
import { ProductError } from '../../kernel/errors.js';

/** An account as the engine's identity service knows it. */
export interface DirectoryAccount {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly roles: ReadonlySet<Role>;
}

interface EngineProfile {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
}

const roleNames = Object.keys(groups) as Role[];

export function isTechnical(id: string): boolean {
  return Object.values<string>(technicalAccounts).includes(id);
}

/** Accounts of people in the engine's identity service; technical accounts are not among them. */
export class AccountDirectory {
  constructor(
    private readonly engine: EngineClient,
    private readonly user: string,
  ) {}

  /** Everyone, by id. */
  async all(): Promise<DirectoryAccount[]> {
    const [profiles, ...members] = await Promise.all([
      this.profiles({}),
      ...roleNames.map((role) => this.members(role)),
    ]);
    return profiles
      .filter(({ id }) => !isTechnical(id))
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .map((profile) =>
        toAccount(
          profile,
          roleNames.filter((_, at) => members[at]?.has(profile.id) === true),
        ),
      );
  }

  /** @throws ProductError `not-found`, also for a technical account */
  async get(id: string): Promise<DirectoryAccount> {
    const [profile] = isTechnical(id) ? [] : await this.profiles({ id });
    if (profile === undefined) throw new ProductError('not-found', 'There is no such account.');
    const memberships = await this.engine.call<{ id: string }[]>({
      user: this.user,
      path: '/group',
      query: { member: id },
    });
    const held = new Set(memberships.map((group) => group.id));
    return toAccount(
      profile,
      roleNames.filter((role) => held.has(groups[role])),
    );
  }

  /** Ids of those in a role. */
  async members(role: Role): Promise<Set<string>> {
    return new Set((await this.profiles({ memberOfGroup: groups[role] })).map(({ id }) => id));
  }

  /** @throws ProductError `exists-already` */
  async create({ id, firstName, lastName, email, roles }: DirectoryAccount, password: string): Promise<void> {
    const account = { id, firstName, lastName, email, groups: [...roles].map((role) => groups[role]) };
    if (isTechnical(id) || !(await ensureAccount(this.engine, this.user, account, password))) {
      throw new ProductError('exists-already', `There is an account ${id} already.`);
    }
  }

  async join(id: string, role: Role): Promise<void> {
    await this.engine.call({ user: this.user, method: 'PUT', path: membership(id, role) });
  }

  async leave(id: string, role: Role): Promise<void> {
    await this.engine.call({ user: this.user, method: 'DELETE', path: membership(id, role) });
  }

  async remove(id: string): Promise<void> {
    await this.engine.call({ user: this.user, method: 'DELETE', path: `/user/${encodeURIComponent(id)}` });
  }

  /** Whether this is the password of an account. */
  async verify(id: string, password: string): Promise<boolean> {
    const body = { username: id, password };
    const answer = await this.engine.call<{ authenticated: boolean }>({
      user: this.user,
      method: 'POST',
      path: '/identity/verify',
      body,
    });
    return answer.authenticated;
  }

  /**
   * Sets a password. The engine asks whoever sets one for their own; nobody knows one of our technical accounts, so an
   * account of the engine's administrators is made for this one call, and removed again. Call it one at a time.
   */
  async setPassword(id: string, password: string): Promise<void> {
    const helper = technicalAccounts.passwords;
    const own = randomBytes(32).toString('base64url');
    // A crash may have left the one of the time before, whose password nobody knows.
    await this.remove(helper);
    await ensureAccount(
      this.engine,
      this.user,
      { id: helper, firstName: 'Card', lastName: 'passwords', email: '', groups: ['camunda-admin'] },
      own,
    );
    try {
      const path = `/user/${encodeURIComponent(id)}/credentials`;
      await this.engine.call({ user: helper, method: 'PUT', path, body: { password, authenticatedUserPassword: own } });
    } catch (raw) {
      if (isEngineError(raw, 404)) throw new ProductError('not-found', 'There is no such account.', {}, { cause: raw });
      throw raw;
    } finally {
      await this.remove(helper);
    }
  }

  private profiles(query: Readonly<Record<string, string>>): Promise<EngineProfile[]> {
    return this.engine.call<EngineProfile[]>({ user: this.user, path: '/user', query });
  }
}

function membership(id: string, role: Role): string {
  return `/group/${groups[role]}/members/${encodeURIComponent(id)}`;
}

function toAccount({ id, firstName, lastName, email }: EngineProfile, roles: readonly Role[]): DirectoryAccount {
  return { id, firstName: firstName ?? '', lastName: lastName ?? '', email: email ?? '', roles: new Set(roles) };
}
