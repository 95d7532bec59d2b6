import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.js';

/** The accounts of a new installation and what each one is for. */
export const firstAccounts = {
  admin: 'enables use cases, imports card holders, reads the audit',
  operator: 'requests cards',
  operator2: 'requests cards',
  approver: 'approves or rejects requests',
  approver2: 'approves or rejects requests',
  producer: 'produces cards',
  designer: 'deploys diagrams and forms',
} as const;

type Passwords = Record<string, string>;

/** `passwords` is null where BOOTSTRAP_PASSWORD set them: then there is nothing to keep and nothing to show. */
const record = z.object({ shown: z.boolean(), passwords: z.record(z.string(), z.string()).nullable() });

export interface FirstPasswords {
  /** Account → password; null when an earlier start made the accounts with a password that was given only then. */
  readonly forServer: Passwords | null;
  /** To be shown to the person who starts the installation, once. */
  readonly toShow: Passwords | null;
  /** Called when they have been shown, so that no later start shows them again. */
  settle(): void;
}

/**
 * The passwords of the first accounts: the given one for all, or random ones that stay in `path` for its owner.
 * What an earlier start gave to the server stays in force: its accounts may exist.
 * @param given BOOTSTRAP_PASSWORD
 */
export function openFirstPasswords(path: string, given: string | undefined): FirstPasswords {
  let kept = readPrivateFile(path, record);
  if (kept === null) {
    kept = { shown: given !== undefined, passwords: given === undefined ? randomPasswords() : null };
    writePrivateFile(path, kept);
  }
  const { shown, passwords } = kept;
  const server = passwords ?? (given === undefined ? null : forEveryAccount(() => given));
  return {
    forServer: server,
    toShow: shown ? null : passwords,
    settle: () => writePrivateFile(path, { shown: true, passwords }),
  };
}

/**
 * Rows of the table that is shown once.
 * @param created where given, only these: the others existed already, with passwords that we do not know
 */
export function passwordTable(passwords: Passwords, created?: readonly string[]): string[] {
  const width = Math.max(...Object.keys(firstAccounts).map((account) => account.length));
  return Object.entries(firstAccounts)
    .filter(([account]) => passwords[account] !== undefined && created?.includes(account) !== false)
    .map(([account, purpose]) => `  ${account.padEnd(width)}  ${passwords[account]}  ${purpose}`);
}

/** No sign that is easily taken for another. 31 signs: four groups of five carry 99 bits. */
const signs = 'abcdefghjkmnpqrstuvwxyz23456789';

function randomPasswords(): Passwords {
  const group = (): string => Array.from({ length: 5 }, () => signs[randomInt(signs.length)]).join('');
  return forEveryAccount(() => Array.from({ length: 4 }, group).join('-'));
}

function forEveryAccount(password: () => string): Passwords {
  return Object.fromEntries(Object.keys(firstAccounts).map((account) => [account, password()]));
}
