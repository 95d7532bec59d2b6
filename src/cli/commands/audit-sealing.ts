import type { Command } from 'commander';
import { z } from 'zod';
import { timeText } from '../../kernel/time-zone.js';
import { moreLines, withPages, type PageOptions } from '../arguments.js';
import { CliFailure } from '../failures.js';
import type { OpenSession } from '../session.js';
import { table } from '../table.js';

const sealing = z.looseObject({
  alarm: z
    .looseObject({
      id: z.string(),
      raisedAt: z.string(),
      findingCount: z.number(),
      findings: z.array(z.looseObject({ message: z.string() })),
    })
    .nullable(),
  head: z.object({ block: z.string(), hash: z.string() }).nullable(),
  waiting: z.number(),
  lastVerified: z.object({ at: z.string(), by: z.string(), findings: z.number() }).nullable(),
  publicKeys: z.array(z.string()),
  places: z.array(
    z.object({
      name: z.string(),
      block: z.string().nullable(),
      failing: z.object({ since: z.string(), message: z.string() }).nullable(),
    }),
  ),
});
type Sealing = z.infer<typeof sealing>;

const blockList = z.looseObject({
  items: z.array(
    z.looseObject({
      number: z.string(),
      sealedAt: z.string(),
      rows: z.number(),
      keyId: z.string().nullable(),
      hash: z.string(),
    }),
  ),
  next: z.string().nullable(),
});

/** `audit status | blocks | keys | acknowledge`. */
export function addSealingCommands(group: Command, open: OpenSession): void {
  group
    .command('status')
    .description('whether the log is being sealed, and where its head is kept')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/audit/sealing' }, sealing);
      out.show(answer, () => statusLines(answer));
    });
  withPages(group.command('blocks').description('show the sealed blocks, newest first, and who signed them')).action(
    async ({ limit, cursor }: PageOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/audit/blocks', query: { limit, cursor } }, blockList);
      const cells = answer.items.map(({ number, sealedAt, rows, keyId, hash }) => [
        number,
        timeText(sealedAt),
        String(rows),
        keyId,
        hash,
      ]);
      out.show(answer, () => [
        ...table(['Block', 'Sealed', 'Rows', 'Signed by', 'Hash'], cells),
        ...moreLines(answer.next),
      ]);
    },
  );
  group
    .command('keys')
    .description('print the public keys of the signatures, for audit verify --keys elsewhere')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const { publicKeys } = await api.call({ path: '/audit/sealing' }, sealing);
      out.show(publicKeys, () => publicKeys);
    });
  group
    .command('acknowledge')
    .description('acknowledge the alarm that waits, so that the log is sealed again')
    .requiredOption('--reason <text>', 'what was found out, and done')
    .action(async ({ reason }: { readonly reason: string }, command: Command) => {
      const { api, out } = await open(command);
      const { alarm } = await api.call({ path: '/audit/sealing' }, sealing);
      if (alarm === null) throw new CliFailure('refused', 'No alarm waits: the log is being sealed.');
      const path = `/audit/alarms/${alarm.id}/acknowledgement`;
      await api.call({ method: 'POST', path, body: { reason } }, z.unknown());
      out.show({ acknowledged: alarm.id }, () => [
        'Acknowledged. The log is sealed again; what was found stays found.',
      ]);
    });
}

function statusLines({ alarm, head, waiting, lastVerified, places, publicKeys }: Sealing): string[] {
  return [
    ...(alarm === null
      ? ['The log is being sealed.']
      : [
          `Nothing is sealed since ${timeText(alarm.raisedAt)}: ${alarm.findingCount} findings wait for audit acknowledge.`,
          ...alarm.findings.map(({ message }) => `  ${message}`),
        ]),
    head === null ? 'No block is sealed yet.' : `Newest block: ${head.block}, ${head.hash}`,
    ...(waiting === 0 ? [] : [`Not sealed yet: ${waiting} rows`]),
    lastVerified === null
      ? 'Nobody has had the log verified by this installation yet.'
      : `Verified last: ${timeText(lastVerified.at)} by ${lastVerified.by}, ${lastVerified.findings} findings`,
    publicKeys.length === 0 ? 'Blocks are not signed: set AUDIT_KEYS_FILE.' : `Keys known: ${publicKeys.length}`,
    ...(places.length === 0 ? ['No anchors are kept outside the database: set AUDIT_ANCHOR_FILE.'] : []),
    ...places.map(({ name, block, failing }) =>
      failing === null
        ? `Anchored in ${name}: block ${block ?? 'none yet'}`
        : `Not anchored in ${name} since ${timeText(failing.since)} (${failing.message}); newest block there: ${block ?? 'none'}`,
    ),
  ];
}
