import { randomUUID } from 'node:crypto';
import { accountsChanged, appendAudit, enqueueMail } from '../../records/index.js';
import type { Transaction } from '../../kernel/db/database.js';
import { importInvalid, parseHolders } from './holder-csv.js';
import {
  applyStaged,
  auditStaged,
  countStaged,
  findConflicts,
  lockHolders,
  lockWaitingRequests,
  stageRows,
  type ImportCounts,
} from './holder-import-store.js';

/** Most bad rows that a refusal names; it always says how many there are. */
const mostProblems = 100;

export interface ImportResult extends ImportCounts {
  readonly dryRun: boolean;
}

/** Accounts of people, in the form of `canonicalAccount`. */
export interface KnownAccounts {
  known(): Promise<ReadonlySet<string>>;
}

/**
 * Creates and changes holders from a CSV file: all of its rows or none. The employee number says who is meant; holders
 * who are not in the file stay as they are. Administrators are notified by mail where the account of a holder changes whose
 * request waits: none of the accounts before and after may approve it.
 * @param options.actor account of who imports
 * @param options.dryRun only report what would happen
 * @param options.accounts what accounts there are: a holder is given no other
 * @throws ProductError `import-invalid` with `rows` (the first 100 mistakes) and `rowCount`; `payload-too-large`
 */
export async function importHolders(
  trx: Transaction,
  file: Uint8Array,
  options: { readonly actor: string; readonly dryRun: boolean; readonly accounts: KnownAccounts },
): Promise<ImportResult> {
  const { rows, hasAccount, problems } = await parseHolders(file);
  const known = rows.some(({ account }) => account !== null) ? await options.accounts.known() : new Set<string>();
  if (!options.dryRun) await lockHolders(trx);
  await stageRows(trx, rows, hasAccount);
  const conflicts = await findConflicts(trx, [...known], mostProblems);
  const mistakes = problems.length + conflicts.total;
  if (mistakes > 0) {
    const named = [...problems, ...conflicts.problems].sort((a, b) => a.row - b.row).slice(0, mostProblems);
    throw importInvalid(named, mistakes);
  }
  const counts = await countStaged(trx);
  if (options.dryRun) return { ...counts, dryRun: true };
  const importId = randomUUID();
  const waiting = await lockWaitingRequests(trx);
  await applyStaged(trx);
  await appendAudit(trx, [
    {
      actor: options.actor,
      action: 'holders-imported',
      objectType: 'holder',
      objectId: importId,
      details: { ...counts },
    },
  ]);
  await auditStaged(trx, options.actor, importId);
  if (waiting.length > 0) await enqueueMail(trx, [accountsChanged({ importId, by: options.actor, changes: waiting })]);
  return { ...counts, dryRun: false };
}
