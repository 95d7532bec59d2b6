import type { Command } from 'commander';
import { z } from 'zod';
import { moment, moreLines, withPages, type PageOptions } from '../arguments.js';
import type { OpenSession } from '../session.js';
import { table } from '../table.js';

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

interface AuditOptions extends PageOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `audit list`. */
export function addAuditCommands(program: Command, open: OpenSession): void {
  const group = program.command('audit').description('who did what');
  const list = group.command('list').description('show what was done, newest first');
  withPages(list)
    .option('--actor <account>', 'only by this account, for example cli:root')
    .option('--action <action>', 'only this, for example use-case-changed')
    .option('--object-type <type>', 'only to this kind, for example card-request')
    .option('--object-id <id>', 'only to this one')
    .option('--from <time>', 'from this date or time on', moment)
    .option('--to <time>', 'before this date or time', moment)
    .addHelpText('after', '\nTimes are shown in UTC. --json shows the details of each row.')
    .action(async (options: AuditOptions, command: Command) => {
      const { api, out } = await open(command);
      const { limit, cursor, actor, action, objectType, objectId, from, to } = options;
      const query = { limit, cursor, actor, action, objectType, objectId, from, to };
      const answer = await api.call({ path: '/audit', query }, auditList);
      out.show(answer, () => [...auditTable(answer.items), ...moreLines(answer.next)]);
    });
}

function auditTable(rows: readonly AuditRow[]): string[] {
  const cells = rows.map((row) => {
    const object = `${row.objectType} ${row.objectId}`;
    return [row.at, row.actor, row.action, object, stateText(row), processText(row)];
  });
  return table(['At', 'Who', 'Did', 'To', 'State', 'Process'], cells);
}

function stateText({ fromState, toState }: AuditRow): string | null {
  return fromState === null && toState === null ? null : `${fromState ?? '–'} → ${toState ?? '–'}`;
}

function processText({ processKey, processVersion }: AuditRow): string | null {
  return processKey === null ? null : `${processKey} (${processVersion ?? '–'})`;
}
