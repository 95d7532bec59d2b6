import type { Knex } from '../../kernel/db/database.js';
import { hashPassword } from './password-hash.js';

/** Hashes of passwords, by account. The engine's identity service keeps random ones that nobody knows. */
export class PasswordStore {
  constructor(private readonly db: Knex) {}

  /** The PHC string of an account's password; null while the engine alone knows it. */
  async read(account: string): Promise<string | null> {
    const row = await this.db('account_password').where({ account }).first<{ hash: string } | undefined>('hash');
    return row?.hash ?? null;
  }

  /**
   * Gives an account a password.
   * @param engineReplaced true where the engine has a random one from the beginning
   */
  async write(account: string, password: string, engineReplaced = false): Promise<void> {
    const row = { account, hash: await hashPassword(password), engine_replaced: engineReplaced };
    await this.db('account_password')
      .insert(row)
      .onConflict('account')
      .merge({ hash: row.hash, changed_at: this.db.fn.now() });
  }

  /** Keeps what the engine has judged right, unless the account was given another one meanwhile. */
  async adopt(account: string, password: string): Promise<void> {
    const row = { account, hash: await hashPassword(password), engine_replaced: false };
    await this.db('account_password').insert(row).onConflict('account').ignore();
  }

  /** Forgets the password of an account that is gone. */
  async forget(account: string): Promise<void> {
    await this.db('account_password').where({ account }).delete();
  }

  /** Accounts whose password the engine still holds. */
  async toReplace(limit: number): Promise<string[]> {
    return await this.db('account_password')
      .where({ engine_replaced: false })
      .orderBy('account')
      .limit(limit)
      .pluck<string[]>('account');
  }

  async recordReplaced(accounts: readonly string[]): Promise<void> {
    await this.db('account_password')
      .whereIn('account', [...accounts])
      .update({ engine_replaced: true });
  }
}
