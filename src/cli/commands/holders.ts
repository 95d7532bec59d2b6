import type { Command } from 'commander';
import { z } from 'zod';
import { Refusal } from '../failures.js';
import type { OpenSession, Session } from '../session.js';
import { table } from '../table.js';
import { readUpload } from '../upload.js';

const importResult = z.looseObject({
  created: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  dryRun: z.boolean(),
});
type ImportResult = z.infer<typeof importResult>;
const badRows = z.array(z.object({ row: z.number(), field: z.string(), message: z.string() }));

const erasure = z.looseObject({ requests: z.number(), cards: z.number() });

/** `holders import | erase`. */
export function addHolderCommands(program: Command, open: OpenSession): void {
  const group = program.command('holders').description('people who can own cards');
  group
    .command('import')
    .description('create and change card holders from a CSV file: all of its rows or none')
    .argument('<file>', 'CSV in UTF-8, or - for standard input')
    .option('--dry-run', 'only show what would happen')
    .addHelpText('after', importHelp)
    .action(async (file: string, { dryRun }: { readonly dryRun?: true }, command: Command) => {
      const session = await open(command);
      const upload = await readUpload(file, 'text/csv', session.stdin, session.directory);
      const query = { dryRun: dryRun === true ? 'true' : undefined };
      const call = { method: 'POST', path: '/holders/import', query, upload } as const;
      try {
        const result = await session.api.call(call, importResult);
        session.out.show(result, () => [importSentence(result)]);
      } catch (raw) {
        showBadRows(session, raw);
        throw raw;
      }
    });
  group
    .command('erase')
    .description('erase the personal data of a card holder for good')
    .argument('<id>', 'id of the holder')
    .requiredOption('--reason <text>', 'why; it stays in the audit log, so do not name the holder')
    .addHelpText('after', eraseHelp)
    .action(async (id: string, { reason }: { readonly reason: string }, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call(
        { method: 'POST', path: `/holders/${encodeURIComponent(id)}/erase`, body: { reason } },
        erasure,
      );
      out.show(answer, () => [
        `The card holder is erased, with ${answer.requests} requests and ${answer.cards} cards.`,
      ]);
    });
}

const eraseHelp = `
Refused while a request of the holder is open or a card is not at its end. Ids, states, times and the audit log stay.
The process engine forgets the holder within a minute, or once open forms that list the holder have ended.`;

const importHelp = `
The first line names the columns, in any order: employee_number, given_name, family_name, email, upn, department,
state (active or inactive) and, where wanted, account. The employee number says who is meant; holders who are not in
the file stay as they are.`;

/** What has happened or, after a dry run, would. */
export function importSentence({ created, changed, unchanged, dryRun }: ImportResult): string {
  const counts = `${created} created, ${changed} changed, ${unchanged} unchanged`;
  return dryRun ? `Nothing was imported yet. It would be: ${counts}.` : `Imported: ${counts}.`;
}

/** The rows that a refusal names, before its sentence. Programs find them in the refusal itself. */
function showBadRows({ out }: Session, raw: unknown): void {
  if (out.json || !(raw instanceof Refusal)) return;
  const { rows, rowCount } = raw.problem;
  const named = badRows.safeParse(rows);
  if (!named.success || named.data.length === 0) return;
  const hidden = typeof rowCount === 'number' ? rowCount - named.data.length : 0;
  const cells = named.data.map(({ row, field, message }) => [row, field, message]);
  const more = hidden > 0 ? [`… and ${hidden} more`] : [];
  out.show(rows, () => [...table(['Row', 'Field', 'Problem'], cells), ...more, '']);
}
