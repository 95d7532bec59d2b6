import { randomBytes } from 'node:crypto';
import { canonicalAccount } from '../../domain/identities.js';
import { groups, technicalAccounts, type Role } from '../../domain/roles.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import { ensureAccount } from '../../engine/identity.js';
import { ProductError } from '../../kernel/errors.js';

/** Who an account belongs to, and where mails go. */
export interface Profile {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

/** An account as the engine's identity service knows it. */
export interface DirectoryAccount extends Profile {
  readonly id: string;
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

  /** All accounts of people, in the one form in which accounts are compared. */
  async known(): Promise<ReadonlySet<string>> {
    const profiles = await this.profiles({});
    return new Set(profiles.filter(({ id }) => !isTechnical(id)).map(({ id }) => canonicalAccount(id)));
  }

  /** Ids of those in a role. */
  members(role: Role): Promise<Set<string>> {
    return this.membersOfGroup(groups[role]);
  }

  /** Ids of those in a group of the engine; nobody is in one that does not exist. */
  async membersOfGroup(group: string): Promise<Set<string>> {
    return new Set((await this.profiles({ memberOfGroup: group })).map(({ id }) => id));
  }

  /** Creates an account; the engine gets a password that nobody knows. @throws ProductError `exists-already` */
  async create({ id, firstName, lastName, email, roles }: DirectoryAccount): Promise<void> {
    const account = { id, firstName, lastName, email, groups: [...roles].map((role) => groups[role]) };
    if (isTechnical(id) || !(await ensureAccount(this.engine, this.user, account, nobodysPassword()))) {
      throw new ProductError('exists-already', `There is an account ${id} already.`);
    }
  }

  async setProfile(id: string, { firstName, lastName, email }: Profile): Promise<void> {
    const path = `/user/${encodeURIComponent(id)}/profile`;
    await this.engine.call({ user: this.user, method: 'PUT', path, body: { id, firstName, lastName, email } });
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

  /**
   * Gives accounts random passwords in the engine, which nobody knows: what it has kept of the former ones is useless
   * then. The engine asks the person who sets a password for their own one; nobody knows those of our technical accounts, so an
   * account of the engine's administrators is made for these calls, and removed again. Call it one at a time.
   * @returns accounts that are gone
   */
  async replacePasswords(ids: readonly string[]): Promise<string[]> {
    const helper = technicalAccounts.passwords;
    const own = nobodysPassword();
    // A crash may have left the one of the time before, whose password nobody knows.
    await this.remove(helper);
    await ensureAccount(
      this.engine,
      this.user,
      { id: helper, firstName: 'Card', lastName: 'passwords', email: '', groups: ['camunda-admin'] },
      own,
    );
    const gone: string[] = [];
    try {
      for (const id of ids) {
        const path = `/user/${encodeURIComponent(id)}/credentials`;
        const body = { password: nobodysPassword(), authenticatedUserPassword: own };
        await this.engine.call({ user: helper, method: 'PUT', path, body }).catch((raw: unknown) => {
          if (!isEngineError(raw, 404)) throw raw;
          gone.push(id);
        });
      }
    } finally {
      await this.remove(helper);
    }
    return gone;
  }

  private profiles(query: Readonly<Record<string, string>>): Promise<EngineProfile[]> {
    return this.engine.call<EngineProfile[]>({ user: this.user, path: '/user', query });
  }
}

function nobodysPassword(): string {
  return randomBytes(32).toString('base64url');
}

function membership(id: string, role: Role): string {
  return `/group/${groups[role]}/members/${encodeURIComponent(id)}`;
}

function toAccount({ id, firstName, lastName, email }: EngineProfile, roles: readonly Role[]): DirectoryAccount {
  return { id, firstName: firstName ?? '', lastName: lastName ?? '', email: email ?? '', roles: new Set(roles) };
}
