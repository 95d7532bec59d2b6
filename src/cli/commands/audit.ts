import type { Command } from 'commander';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { timeText } from '../../kernel/time-zone.js';
import { moment, moreLines, withPages, type PageOptions } from '../arguments.js';
import type { OpenSession } from '../session.js';
import { table } from '../table.js';
import { writeFile } from '../write-file.js';
import { addSealingCommands } from './audit-sealing.js';
import { addVerifyCommand, type VerifySurroundings } from './audit-verify.js';

const auditList = z.looseObject({
  items: z.array(
    z.looseObject({
      at: z.string(),
      actor: z.string(),
      action: z.string(),
      objectType: z.string(),
      objectId: z.string(),
      fromState: z.string().nullable(),
      toState: z.string().nullable(),
      processKey: z.string().nullable(),
      processVersion: z.number().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
type AuditRow = z.infer<typeof auditList>['items'][number];

interface AuditFilters {
  readonly actor?: string;
  readonly action?: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `audit list | export | verify | status | blocks | keys | acknowledge`. */
export function addAuditCommands(program: Command, open: OpenSession, surroundings: VerifySurroundings): void {
  const group = program.command('audit').description('who did what');
  const list = group.command('list').description('show what was done, newest first');
  withFilters(withPages(list))
    .addHelpText('after', '\n--json shows the details of each row.')
    .action(async (options: AuditFilters & PageOptions, command: Command) => {
      const { api, out } = await open(command);
      const { limit, cursor } = options;
      const answer = await api.call({ path: '/audit', query: { limit, cursor, ...queryOf(options) } }, auditList);
      out.show(answer, () => [...auditTable(answer.items), ...moreLines(answer.next)]);
    });
  withFilters(group.command('export').description('write what was done as CSV, oldest first'))
    .option('--output <file>', 'where to; else standard output')
    .action(async (options: AuditFilters & { readonly output?: string }, command: Command) => {
      const { api, directory } = await open(command);
      const pieces = api.download({ path: '/audit.csv', query: queryOf(options) });
      await (options.output === undefined
        ? pipeline(pieces, surroundings.stdout, { end: false })
        : writeFile(resolve(directory, options.output), pieces));
    });
  addVerifyCommand(group, open, surroundings);
  addSealingCommands(group, open);
}

function withFilters(command: Command): Command {
  return command
    .option('--actor <account>', 'only by this account, for example cli:root')
    .option('--action <action>', 'only this, for example use-case-changed')
    .option('--object-type <type>', 'only to this kind, for example card-request')
    .option('--object-id <id>', 'only to this one')
    .option('--from <time>', 'from this date or time on', moment)
    .option('--to <time>', 'before this date or time', moment);
}

function queryOf({ actor, action, objectType, objectId, from, to }: AuditFilters) {
  return { actor, action, objectType, objectId, from, to };
}

function auditTable(rows: readonly AuditRow[]): string[] {
  const cells = rows.map((row) => {
    const object = `${row.objectType} ${row.objectId}`;
    return [timeText(row.at, 'second'), row.actor, row.action, object, stateText(row), processText(row)];
  });
  return table(['At', 'Who', 'Did', 'To', 'State', 'Process'], cells);
}

function stateText({ fromState, toState }: AuditRow): string | null {
  return fromState === null && toState === null ? null : `${fromState ?? '–'} → ${toState ?? '–'}`;
}

function processText({ processKey, processVersion }: AuditRow): string | null {
  return processKey === null ? null : `${processKey} (${processVersion ?? '–'})`;
}
