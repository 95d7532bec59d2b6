import { randomInt } from 'node:crypto';
import { appendAudit } from '../../records/index.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import type { Role } from '../../domain/roles.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import type { SecurityEventName } from '../../kernel/security-events.js';
import type { Caller } from '../../web/sign-in/caller.js';
import { forgetAccount, type Identity } from '../../web/sign-in/identity.js';
import type { SessionView } from '../../web/sign-in/session-store.js';
import type { AccountDirectory, DirectoryAccount, Profile } from './account-directory.js';
import { assertRolesGoTogether } from '../pending-changes/rules.js';
import { assertGoodPassword } from './password-rules.js';

/** Letters and digits that nobody takes for another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const oneTimeLength = 16;

const profileFields = ['firstName', 'lastName', 'email'] as const satisfies readonly (keyof Profile)[];

/** Accounts of people: who they are, what they may do, and their passwords. Everything is on record but the passwords. */
export class AccountService {
  constructor(
    private readonly db: Knex,
    private readonly directory: AccountDirectory,
    private readonly identity: Identity,
  ) {}

  /**
   * Creates an account.
   * @returns its first password, which is kept nowhere
   * @throws ProductError `exists-already`, `roles-conflict`
   */
  async create(actor: string, account: DirectoryAccount): Promise<string> {
    await assertRolesGoTogether(this.db, new Set(), account.roles);
    return exclusively(this.db, 'accounts', async () => {
      const password = oneTimePassword();
      await this.directory.create(account);
      // One of the same name may have been taken away past us.
      await forgetAccount(this.identity, account.id);
      await this.identity.passwordStore.write(account.id, password, true);
      await this.record(actor, 'account-created', account.id, 'account-created', { roles: [...account.roles] });
      return password;
    });
  }

  /**
   * Gives an account exactly these roles.
   * @param check looks at the account as it is before the change, and throws where the change must not be
   * @throws ProductError `not-found`, `last-administrator`, `roles-conflict`
   */
  async setRoles(
    actor: string,
    id: string,
    roles: ReadonlySet<Role>,
    check: (before: DirectoryAccount) => void,
  ): Promise<DirectoryAccount> {
    return exclusively(this.db, 'accounts', async () => {
      const before = await this.directory.get(id);
      check(before);
      await assertRolesGoTogether(this.db, before.roles, roles);
      if (before.roles.has('admin') && !roles.has('admin')) await this.assertOtherAdministrator(id);
      for (const role of roles) if (!before.roles.has(role)) await this.directory.join(id, role);
      for (const role of before.roles) if (!roles.has(role)) await this.directory.leave(id, role);
      await this.record(actor, 'account-roles-set', id, 'roles-changed', { from: [...before.roles], to: [...roles] });
      return { ...before, roles };
    });
  }

  /**
   * Changes names and e-mail address of an account. The row names what was changed, not the names.
   * @param check looks at the account as it is before the change, and throws where the change must not be
   * @throws ProductError `not-found`
   */
  async setProfile(
    actor: string,
    id: string,
    profile: Profile,
    check: (before: DirectoryAccount) => void,
  ): Promise<void> {
    await exclusively(this.db, 'accounts', async () => {
      const before = await this.directory.get(id);
      check(before);
      const changed = profileFields.filter((field) => before[field] !== profile[field]);
      if (changed.length === 0) return;
      await this.directory.setProfile(id, profile);
      await this.record(actor, 'account-profile-set', id, 'profile-changed', { changed });
    });
  }

  /**
   * Gives an account a new password and ends its sessions, for someone who has forgotten theirs.
   * @returns the password, which is kept nowhere
   * @throws ProductError `not-found`
   */
  async resetPassword(actor: string, id: string): Promise<string> {
    return exclusively(this.db, 'accounts', async () => {
      await this.directory.get(id);
      const password = oneTimePassword();
      await this.setPassword(id, password);
      await this.record(actor, 'password-reset', id, 'password-changed');
      return password;
    });
  }

  /**
   * Changes the password of the person who asks, and ends all of their sessions.
   * @throws ProductError `password-wrong`, `too-many-attempts`, `invalid-request` for a password that is guessed first,
   *   `not-found` for who has no account here, such as the command line
   */
  async changeOwnPassword(id: string, current: string, next: string, caller: Caller): Promise<void> {
    const { firstName, lastName, email } = await this.directory.get(id);
    await this.identity.passwords.verify({ account: id, password: current }, caller).catch((raw: unknown) => {
      if (!isProductError(raw, 'unauthenticated')) throw raw;
      throw new ProductError('password-wrong', 'The present password is wrong.', {}, { cause: raw });
    });
    assertGoodPassword(next, [id, firstName, lastName, email]);
    await exclusively(this.db, 'accounts', async () => {
      await this.setPassword(id, next);
      await this.record(id, 'password-changed', id, 'password-changed');
    });
  }

  /** The open sessions of an account. @throws ProductError `not-found` */
  async sessions(id: string): Promise<SessionView[]> {
    await this.directory.get(id);
    return this.identity.sessions.list(id);
  }

  /**
   * Ends every session of an account.
   * @returns how many
   * @throws ProductError `not-found`
   */
  async endSessions(actor: string, id: string): Promise<number> {
    await this.directory.get(id);
    const ended = await this.identity.sessions.end(id);
    await this.record(actor, 'sessions-ended', id, 'sessions-ended', { ended });
    return ended;
  }

  /**
   * Asks an account for a second factor, or does not ask any more.
   * @throws ProductError `not-found`
   */
  async askSecondFactor(actor: string, id: string, required: boolean): Promise<void> {
    await this.directory.get(id);
    await this.identity.factors.ask({ account: id }, required);
    await this.record(actor, 'second-factor-asked', id, 'second-factor-changed', { required });
  }

  /** Asks everybody in a role for a second factor, or does not ask any more. */
  async askRoleSecondFactor(actor: string, role: Role, required: boolean): Promise<void> {
    await this.identity.factors.ask({ role }, required);
    await appendAudit(this.db, [
      {
        actor,
        action: 'second-factor-asked',
        objectType: 'option',
        objectId: `second-factor-${role}`,
        details: { required },
      },
    ]);
    await this.identity.changes.announce(null);
    await this.identity.security.record('second-factor-changed', { account: actor, details: { role, required } });
  }

  /** Roles whose members have to have a second factor. */
  rolesWithSecondFactor(): Promise<Set<string>> {
    return this.identity.factors.rolesAsked();
  }

  /**
   * Removes an account's second factor, for someone who has lost the phone and the recovery codes, and ends its sessions.
   * @throws ProductError `not-found`
   */
  async resetSecondFactor(actor: string, id: string): Promise<void> {
    await this.directory.get(id);
    await this.identity.factors.remove(id);
    await this.identity.sessions.end(id);
    await this.record(actor, 'second-factor-reset', id, 'second-factor-changed');
  }

  /** Removes an account and ends its sessions. @throws ProductError `not-found`, `last-administrator` */
  async remove(actor: string, id: string): Promise<void> {
    await exclusively(this.db, 'accounts', async () => {
      const { roles } = await this.directory.get(id);
      if (roles.has('admin')) await this.assertOtherAdministrator(id);
      await this.directory.remove(id);
      await forgetAccount(this.identity, id);
      await this.record(actor, 'account-removed', id, 'account-removed', { roles: [...roles] });
    });
  }

  /** Another password ends what the former one has opened, and where it was right before is not known any more. */
  private async setPassword(id: string, password: string): Promise<void> {
    const { passwordStore, places, sessions } = this.identity;
    await passwordStore.write(id, password);
    await Promise.all([places.forget(id), sessions.end(id)]);
  }

  private async assertOtherAdministrator(id: string): Promise<void> {
    const administrators = await this.directory.members('admin');
    if ([...administrators].some((each) => each !== id)) return;
    throw new ProductError('last-administrator', `${id} is the only administrator: make someone else one first.`);
  }

  /** Records a change, and notifies every server of it. */
  private async record(
    actor: string,
    action: string,
    objectId: string,
    event: SecurityEventName,
    details: Readonly<Record<string, number | boolean | readonly string[]>> = {},
  ): Promise<void> {
    await appendAudit(this.db, [{ actor, action, objectType: 'account', objectId, details }]);
    await this.identity.changes.announce(objectId);
    await this.identity.security.record(event, { account: actor, subject: objectId, details });
  }
}

function oneTimePassword(): string {
  return Array.from({ length: oneTimeLength }, () => alphabet[randomInt(alphabet.length)] ?? '').join('');
}
