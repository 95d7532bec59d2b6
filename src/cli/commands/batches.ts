import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { z } from 'zod';
import { wireRowStates, type WireRowState } from '../../domain/batch-row-words.js';
import { batchStates, type BatchState } from '../../domain/batch-states.js';
import { moment, moreLines, withPages, type PageOptions } from '../arguments.js';
import { readCardIds, readHolderNames } from '../card-ids.js';
import { CliFailure, Refusal } from '../failures.js';
import type { OpenSession, Session } from '../session.js';
import { plain, table } from '../table.js';
import { writeFile } from '../write-file.js';
import { batch, batchLines, listLines, watchBatch, type Batch } from './batch-lines.js';

const batchList = z.looseObject({ items: z.array(batch), next: z.string().nullable() });
const rowList = z.looseObject({
  items: z.array(
    z.looseObject({
      ordinal: z.number(),
      state: z.string(),
      cardId: z.string().nullable(),
      cardNumber: z.string().nullable(),
      holder: z.object({ employeeNumber: z.string(), name: z.string() }).nullable(),
      namedAs: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});

interface OrderOptions {
  readonly label?: string;
  readonly file?: string;
  readonly all?: true;
  readonly cardType?: string;
  readonly department?: string;
  readonly search?: string;
  readonly approvedBefore?: string;
}

interface RepeatOptions {
  readonly file?: string;
  readonly spoilt?: string;
  readonly reason?: string;
}

const batchArgument = 'its number or id';

interface RequestOptions {
  readonly label?: string;
  readonly cardType: string;
  readonly file?: string;
  readonly all?: true;
  readonly department?: string;
  readonly search?: string;
}

interface DecideOptions {
  readonly approve?: true;
  readonly reject?: true;
  readonly except: Record<string, string>;
  readonly reason?: string;
}

/** `batch list | show | rows | order | repeat | complete | request | decide | cancel`. */
export function addBatchCommands(program: Command, open: OpenSession): void {
  const group = program
    .command('batch')
    .description('batch orders: many cards produced or requested together')
    .addHelpText('after', rolesHelp);
  addReading(group, open);
  addOrdering(group, open);
  addRequesting(group, open);
}

const rolesHelp = `
Administrators look at batch orders. Ordering, repeating and completing are for production operators, requesting is for
operators, deciding for approvers, and cancelling for the person who ordered or requested: sign in as that person with --user.`;

function addReading(group: Command, open: OpenSession): void {
  withPages(group.command('list').description('show batch orders, newest first'))
    .addOption(new Option('--state <state>', 'only in this state; without it all but drafts').choices(batchStates))
    .action(async ({ limit, cursor, state }: PageOptions & { readonly state?: BatchState }, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/batch-orders', query: { limit, cursor, state } }, batchList);
      out.show(answer, () => [...listLines(answer.items), ...moreLines(answer.next)]);
    });
  group
    .command('show')
    .description('show how far a batch order is')
    .argument('<batch>', batchArgument)
    .option('--watch', 'keep watching until its round has ended')
    .action(async (name: string, { watch }: { readonly watch?: true }, command: Command) => {
      const session = await open(command);
      const path = await pathOf(session, name);
      const found = watch === true ? await watchBatch(session, path) : await session.api.call({ path }, batch);
      session.out.show(found, () => batchLines(found));
    });
  withPages(group.command('rows').description('show what became of each card'))
    .argument('<batch>', batchArgument)
    .addOption(new Option('--state <state>', 'only in this state').choices(wireRowStates))
    .option('--output <file>', 'write all of them as CSV instead')
    .action(
      async (
        name: string,
        { limit, cursor, state, output }: PageOptions & { readonly state?: WireRowState; readonly output?: string },
        command: Command,
      ) => {
        const session = await open(command);
        const path = await pathOf(session, name);
        if (output !== undefined)
          return writeFile(
            resolve(session.directory, output),
            session.api.download({ path: `${path}/rows.csv`, query: { state } }),
          );
        const answer = await session.api.call({ path: `${path}/rows`, query: { limit, cursor, state } }, rowList);
        const rows = answer.items.map((row) => [
          row.ordinal,
          row.state,
          row.holder?.name ?? row.namedAs,
          row.holder?.employeeNumber ?? null,
          row.cardNumber,
          row.cardId,
          row.reason,
        ]);
        session.out.show(answer, () => [
          ...table(['Place', 'State', 'Card holder', 'Employee number', 'Card number', 'Card', 'Reason'], rows),
          ...moreLines(answer.next),
        ]);
      },
    );
}

function addOrdering(group: Command, open: OpenSession): void {
  group
    .command('order')
    .description('order many approved cards together')
    .option('--label <text>', 'what people call it')
    .option('--file <file>', 'ids of cards, one a line, or - for standard input')
    .option('--all', 'all approved cards')
    .option('--card-type <type>', 'approved cards of this type')
    .option('--department <name>', 'of card holders of this department, in full')
    .option('--search <words>', 'of card holders whom these words find')
    .option('--approved-before <time>', 'approved before this date or time', moment)
    .addHelpText('after', '\nCards that cannot be ordered are skipped and named by batch rows; the others are ordered.')
    .action(async ({ label, file, all, ...filter }: OrderOptions, command: Command) => {
      const ways = [file !== undefined, all === true, Object.keys(filter).length > 0].filter(Boolean).length;
      if (ways !== 1)
        throw new CliFailure(
          'usage',
          'Which cards? Choose in one way: give --file, a filter such as --department, or --all.',
        );
      const session = await open(command);
      const body = {
        kind: 'issue',
        label,
        ...(file === undefined ? { filter } : { cardIds: await readCardIds(file, session) }),
      };
      const ordered = await as('producer', session.api.call({ method: 'POST', path: '/batch-orders', body }, batch));
      session.out.show(ordered, () => [
        `Batch order ${ordered.number} is ordered. Follow it: npm run cards -- batch show ${ordered.number} --watch`,
      ]);
    });
  group
    .command('repeat')
    .description('order what has failed again, once the round has ended: by default all of it')
    .argument('<batch>', batchArgument)
    .option('--file <file>', 'only these failed cards: ids, one a line, or - for standard input')
    .option('--spoilt <file>', 'these badly printed cards, too')
    .option('--reason <text>', 'what is wrong with the badly printed ones')
    .action(async (name: string, { file, spoilt, reason }: RepeatOptions, command: Command) => {
      if ((spoilt === undefined) !== (reason === undefined))
        throw new CliFailure(
          'usage',
          'Badly printed cards and what is wrong with them belong together: give --spoilt and --reason.',
        );
      const session = await open(command);
      const body = {
        ...(file === undefined ? {} : { cardIds: await readCardIds(file, session) }),
        ...(spoilt === undefined ? {} : { spoilt: { cardIds: await readCardIds(spoilt, session), reason } }),
      };
      await change(
        session,
        name,
        'repeat',
        body,
        ({ number, round }) => `Round ${round} of batch order ${number} is ordered.`,
      );
    });
  group
    .command('complete')
    .description('complete a batch order with failed cards: they stay as they are')
    .argument('<batch>', batchArgument)
    .action(async (name: string, _options: object, command: Command) =>
      change(await open(command), name, 'complete', undefined, ({ number }) => `Batch order ${number} is completed.`),
    );
  group
    .command('cancel')
    .description('withdraw what is not at a backend yet, the failed cards for good, or requests that wait')
    .argument('<batch>', batchArgument)
    .requiredOption('--reason <text>', 'why; it stays on record')
    .action(async (name: string, { reason }: { readonly reason: string }, command: Command) =>
      change(
        await open(command),
        name,
        'cancel',
        { reason },
        ({ number }) => `What could still be withdrawn of batch order ${number} is withdrawn.`,
      ),
    );
}

function addRequesting(group: Command, open: OpenSession): void {
  group
    .command('request')
    .description('request cards for many card holders together, by the variant of Request card')
    .requiredOption('--card-type <type>', 'the card type that all are to get')
    .option('--label <text>', 'what people call it')
    .option(
      '--file <file>',
      'employee numbers, UPNs or e-mail addresses, one a line or as CSV, or - for standard input',
    )
    .option('--all', 'all active card holders')
    .option('--department <name>', 'active card holders of this department, in full')
    .option('--search <words>', 'active card holders whom these words find')
    .addHelpText(
      'after',
      '\nA person who cannot get a card is skipped and named by batch rows; the others are ordered.',
    )
    .action(async ({ label, cardType, file, all, ...filter }: RequestOptions, command: Command) => {
      const ways = [file !== undefined, all === true, Object.keys(filter).length > 0].filter(Boolean).length;
      if (ways !== 1)
        throw new CliFailure(
          'usage',
          'For whom? Choose in one way: give --file, a filter such as --department, or --all.',
        );
      const session = await open(command);
      const body = {
        kind: 'request',
        label,
        cardType,
        ...(file === undefined ? { filter } : { holders: await readHolderNames(file, session) }),
      };
      const requested = await as('operator', session.api.call({ method: 'POST', path: '/batch-orders', body }, batch));
      session.out.show(requested, () => [
        `Batch order ${requested.number} is requested. Follow it: npm run cards -- batch show ${requested.number}`,
      ]);
    });
  group
    .command('decide')
    .description('decide on the requests of a batch order: approve all but the exceptions, or reject all')
    .argument('<batch>', batchArgument)
    .addOption(new Option('--approve', 'approve all but the exceptions').conflicts('reject'))
    .option('--reject', 'reject all; needs --reason')
    .option('--except <place=reason>', 'reject the request in this place of the list; may be given again', keyValue, {})
    .option('--reason <text>', 'why all are rejected; the requester reads it')
    .action(async (name: string, { approve, reject, except, reason }: DecideOptions, command: Command) => {
      if (approve === reject) throw new CliFailure('usage', 'What is decided? Give --approve or --reject.');
      const exceptions = Object.entries(except).map(([row, why]) => ({ row: Number(row), reason: why }));
      const body = { decision: approve === true ? 'approve' : 'reject', reason, exceptions };
      await change(
        await open(command),
        name,
        'decide',
        body,
        (decided) => `Decided. ${batchLines(decided)[1] ?? ''}`,
        'approver',
      );
    });
}

/** Collects `12=has left` into an object. @throws InvalidArgumentError */
function keyValue(text: string, before: Record<string, string>): Record<string, string> {
  const [, place, reason] = /^(\d+)=(.+)$/s.exec(text) ?? [];
  if (place === undefined || reason === undefined)
    throw new InvalidArgumentError('write the place, = and the reason, for example 12="has left"');
  return { ...before, [place]: reason };
}

async function change(
  session: Session,
  name: string,
  action: string,
  body: unknown,
  sentence: (changed: Batch) => string,
  role: keyof typeof people = 'producer',
): Promise<void> {
  const path = await pathOf(session, name);
  const changed = await as(role, session.api.call({ method: 'POST', path: `${path}/${action}`, body }, batch));
  session.out.show(changed, () => [sentence(changed)]);
}

const people = { producer: 'production operators', operator: 'operators', approver: 'approvers' } as const;

/** Says to an administrator whose work this is. */
async function as<T>(role: keyof typeof people, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (raw) {
    if (!(raw instanceof Refusal) || raw.problem['code'] !== 'forbidden') throw raw;
    throw new Refusal(
      'denied',
      `This is for ${people[role]}: sign in as one with --user, for example --user ${role}.`,
      raw.problem,
    );
  }
}

/** Where a batch order is in the interface. @throws CliFailure `refused` for a number that none has */
async function pathOf({ api }: Session, name: string): Promise<string> {
  if (!/^\d{1,15}$/.test(name)) return `/batch-orders/${encodeURIComponent(name)}`;
  const { items } = await api.call({ path: '/batch-orders', query: { number: name } }, batchList);
  const [found] = items;
  if (found === undefined)
    throw new CliFailure('refused', `There is no batch order ${plain(name)}: see npm run cards -- batch list.`);
  return `/batch-orders/${found.id}`;
}
