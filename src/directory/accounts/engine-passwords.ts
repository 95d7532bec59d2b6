import { exclusively, type Knex } from '../../kernel/db/database.js';
import type { PasswordStore } from '../../web/sign-in/password-store.js';
import type { AccountDirectory } from './account-directory.js';

/** Accounts of one round. */
const most = 100;

/**
 * Takes from the engine the passwords that we keep ourselves since somebody signed in with them: it hashes them with a
 * single round of SHA-512. Not at the sign-in, which would wait for it, and so that a crash leaves nothing undone.
 * @returns the accounts
 */
export async function replaceEnginePasswords(
  db: Knex,
  store: PasswordStore,
  directory: AccountDirectory,
): Promise<readonly string[]> {
  if ((await store.toReplace(1)).length === 0) return [];
  return exclusively(db, 'accounts', async () => {
    const accounts = await store.toReplace(most);
    if (accounts.length === 0) return [];
    const gone = await directory.replacePasswords(accounts);
    for (const account of gone) await store.forget(account);
    await store.recordReplaced(accounts);
    return accounts;
  });
}
