import { randomInt } from 'node:crypto';
import { appendAudit } from '../../records/index.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import type { Role } from '../../domain/roles.js';
import { ProductError } from '../../kernel/errors.js';
import type { AccountDirectory, DirectoryAccount } from './account-directory.js';

/** Letters and digits that nobody takes for another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const oneTimeLength = 16;

/** Accounts of people: who they are, what they may do, and their passwords. Everything is on record but the passwords. */
export class AccountService {
  constructor(
    private readonly db: Knex,
    private readonly directory: AccountDirectory,
  ) {}

  /**
   * Creates an account.
   * @returns its first password, which is kept nowhere
   * @throws ProductError `exists-already`
   */
  async create(actor: string, account: DirectoryAccount): Promise<string> {
    return exclusively(this.db, 'accounts', async () => {
      const password = oneTimePassword();
      await this.directory.create(account, password);
      await this.record(actor, 'account-created', account.id, { roles: [...account.roles] });
      return password;
    });
  }

  /**
   * Gives an account exactly these roles.
   * @param check looks at the account as it is before the change, and throws where the change must not be
   * @throws ProductError `not-found`, `last-administrator`
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
      if (before.roles.has('admin') && !roles.has('admin')) await this.assertOtherAdministrator(id);
      for (const role of roles) if (!before.roles.has(role)) await this.directory.join(id, role);
      for (const role of before.roles) if (!roles.has(role)) await this.directory.leave(id, role);
      await this.record(actor, 'account-roles-set', id, { from: [...before.roles], to: [...roles] });
      return { ...before, roles };
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
      await this.directory.setPassword(id, password);
      await this.db('session').where({ account: id }).delete();
      await this.record(actor, 'password-reset', id);
      return password;
    });
  }

  /**
   * Changes the password of whoever asks, and ends all of their sessions.
   * @throws ProductError `password-wrong`, `not-found` for who has no account here, such as the command line
   */
  async changeOwnPassword(id: string, current: string, next: string): Promise<void> {
    await exclusively(this.db, 'accounts', async () => {
      await this.directory.get(id);
      if (!(await this.directory.verify(id, current)))
        throw new ProductError('password-wrong', 'The present password is wrong.');
      await this.directory.setPassword(id, next);
      await this.db('session').where({ account: id }).delete();
      await this.record(id, 'password-changed', id);
    });
  }

  /** Removes an account and ends its sessions. @throws ProductError `not-found`, `last-administrator` */
  async remove(actor: string, id: string): Promise<void> {
    await exclusively(this.db, 'accounts', async () => {
      const { roles } = await this.directory.get(id);
      if (roles.has('admin')) await this.assertOtherAdministrator(id);
      await this.directory.remove(id);
      await this.db('session').where({ account: id }).delete();
      await this.record(actor, 'account-removed', id, { roles: [...roles] });
    });
  }

  private async assertOtherAdministrator(id: string): Promise<void> {
    const administrators = await this.directory.members('admin');
    if ([...administrators].some((each) => each !== id)) return;
    throw new ProductError('last-administrator', `${id} is the only administrator: make someone else one first.`);
  }

  private async record(
    actor: string,
    action: string,
    objectId: string,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await appendAudit(this.db, [{ actor, action, objectType: 'account', objectId, details }]);
  }
}

function oneTimePassword(): string {
  return Array.from({ length: oneTimeLength }, () => alphabet[randomInt(alphabet.length)] ?? '').join('');
}
