import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { firstAccounts } from '../src/engine/bootstrap.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

type Passwords = Readonly<Record<string, string>>;

/**
 * What `first-accounts.json` holds. `settled`: a start was completed, so the accounts were made and their passwords
 * shown. `passwords` is empty where BOOTSTRAP_PASSWORD set them: then there is nothing to keep and nothing to show.
 */
const record = z.object({ settled: z.boolean(), passwords: z.record(z.string(), z.string()) });

export interface FirstPasswords {
  /** Account → password, for the server to make the accounts; null once they were made: a removed one stays removed. */
  readonly forServer: Passwords | null;
  /**
   * Called at the end of a start: no later one makes or shows these accounts.
   * @param created accounts that the server has made just now
   * @returns the passwords to show, this once
   */
  settle(created: readonly string[]): Passwords;
}

/**
 * The passwords of the first accounts: the given one for all, or random ones that stay in `path` for its owner. What
 * an earlier start that was not completed gave to the server stays in force: its accounts may exist.
 * @param given BOOTSTRAP_PASSWORD
 */
export function openFirstPasswords(path: string, given: string | undefined): FirstPasswords {
  const kept = readPrivateFile(path, record);
  if (kept?.settled === true) return { forServer: null, settle: () => ({}) };
  const made = kept?.passwords ?? (given === undefined ? randomPasswords() : {});
  writePrivateFile(path, { settled: false, passwords: made });
  return {
    forServer: given === undefined ? made : { ...forEveryAccount(() => given), ...made },
    settle: (created) => {
      // Accounts that were there before, in a database of one's own, have passwords that we do not know.
      const ours = Object.entries(made).filter(([account]) => kept !== null || created.includes(account));
      const passwords = Object.fromEntries(ours);
      writePrivateFile(path, { settled: true, passwords });
      return passwords;
    },
  };
}

/** Rows of the table that is shown once. */
export function passwordTable(passwords: Passwords): string[] {
  const shown = firstAccounts.flatMap(({ id, groups }) => {
    const password = passwords[id];
    return password === undefined ? [] : [{ id, password, groups: groups.join(', ') }];
  });
  const width = Math.max(0, ...shown.map(({ id }) => id.length));
  return shown.map(({ id, password, groups }) => `  ${id.padEnd(width)}  ${password}  ${groups}`);
}

/** No sign that is easily taken for another. 31 signs: four groups of five carry 99 bits. */
const signs = 'abcdefghjkmnpqrstuvwxyz23456789';

function randomPasswords(): Passwords {
  const group = (): string => Array.from({ length: 5 }, () => signs[randomInt(signs.length)]).join('');
  return forEveryAccount(() => Array.from({ length: 4 }, group).join('-'));
}

function forEveryAccount(password: () => string): Passwords {
  return Object.fromEntries(firstAccounts.map(({ id }) => [id, password()]));
}
