import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { timeText } from '../../kernel/time-zone.js';
import { wholeNumber } from '../arguments.js';
import { CliFailure } from '../failures.js';
import type { OpenSession, Session } from '../session.js';
import { plain, table } from '../table.js';
import { deployment, deploymentLines } from './deploy.js';

const version = z.looseObject({
  version: z.number(),
  deployedBy: z.string(),
  deployedAt: z.string(),
  origin: z.string().nullable(),
  shipped: z.boolean(),
  chosenForAll: z.boolean(),
  chosenForCardTypes: z.array(z.string()),
  instances: z.number(),
});
type Version = z.infer<typeof version>;
const versionList = z.looseObject({ items: z.array(version) });
const processList = z.looseObject({
  items: z.array(
    z.looseObject({ key: z.string(), newest: version, inUse: z.array(z.number()), instances: z.number() }),
  ),
});
const element = z.looseObject({ id: z.string(), name: z.string().nullable(), type: z.string() });
/** What distinguishes two diagrams. */
export const diff = z.looseObject({
  same: z.boolean(),
  added: z.array(element),
  removed: z.array(element),
  changed: z.array(element.extend({ changes: z.array(z.string()) })),
  layoutChanged: z.array(element),
});
type Diff = z.infer<typeof diff>;
const plan = z.looseObject({
  from: z.number(),
  to: z.number(),
  instances: z.number(),
  possible: z.boolean(),
  problems: z.array(z.string()),
  steps: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      instances: z.number(),
      goesTo: z.string().nullable(),
      byName: z.boolean(),
      stranded: z.string().nullable(),
    }),
  ),
});
type Plan = z.infer<typeof plan>;
const migration = z.looseObject({
  id: z.string(),
  state: z.string(),
  instances: z.number(),
  remaining: z.number(),
  failed: z.number(),
});
type Migration = z.infer<typeof migration>;

const foreignList = z.looseObject({
  items: z.array(z.looseObject({ definitionId: z.string(), kind: z.string(), key: z.string(), version: z.number() })),
});

const stuckList = z.looseObject({
  items: z.array(z.looseObject({ kind: z.string(), id: z.string(), message: z.string(), foundAt: z.string() })),
});

interface Pair {
  readonly from?: number;
  readonly to?: number;
  readonly reason?: string;
}

const nothing = z.unknown();
const versionNumber = wholeNumber(1, 1_000_000);
/** How often a migration is asked for, in milliseconds. */
const lookEveryMs = 500;

/** `process list | versions | diff | plan | migrate | restore | foreign | adopt | remove | stuck | start-again`. */
export function addProcessCommands(program: Command, open: OpenSession): void {
  const group = program.command('process').description('deployed diagrams, their versions, and what runs in them');
  group
    .command('list')
    .description('show every process with its newest version')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/process-definitions' }, processList);
      out.show(answer, () =>
        table(
          ['Process', 'Newest', 'Deployed by', 'In use', 'Running'],
          answer.items.map(({ key, newest, inUse, instances }) => [
            key,
            newest.version,
            newest.deployedBy,
            inUse.join(', '),
            instances,
          ]),
        ),
      );
    });
  group
    .command('versions')
    .description('show the versions of a process, the newest first')
    .argument('<process>', 'for example request-card-with-approval')
    .action(async (key: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: `${pathOf(key)}/versions` }, versionList);
      out.show(answer, () => versionLines(answer.items));
    });
  withVersions(group.command('diff'))
    .description('show how two versions differ, by default the newest two')
    .action(async (key: string, pair: Pair, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: `${pathOf(key)}/diff`, query: await bothVersions(api, key, pair) }, diff);
      out.show(answer, () => diffLines(answer));
    });
  withVersions(group.command('plan'))
    .description('show what becomes of running instances in another version')
    .action(async (key: string, pair: Pair, command: Command) => {
      const { api, out } = await open(command);
      const query = await bothVersions(api, key, pair);
      const answer = await api.call({ path: `${pathOf(key)}/migration-plan`, query }, plan);
      out.show(answer, () => planLines(answer));
    });
  withVersions(group.command('migrate'))
    .description('bring all running instances of a version into another')
    .option('--reason <text>', 'shown in the log of changes')
    .action(async (key: string, pair: Pair, command: Command) => {
      const session = await open(command);
      const body = { ...(await bothVersions(session.api, key, pair)), reason: pair.reason };
      const started = await session.api.call({ method: 'POST', path: `${pathOf(key)}/migration`, body }, migration);
      const ended = await ofMigration(session, `${pathOf(key)}/migrations/${started.id}`, started);
      session.out.show(ended, () => [migrationSentence(ended)]);
    });
  addForeignCommands(group, open);
  addStuckCommands(group, open);
  group
    .command('restore')
    .description('deploy an old version anew; for processes that are started by key')
    .argument('<process>', 'for example request-card')
    .requiredOption('--version <n>', 'the version to go back to', versionNumber)
    .action(async (key: string, options: { readonly version: number }, command: Command) => {
      const { api, out } = await open(command);
      const path = `${pathOf(key)}/versions/${options.version}/restore`;
      const answer = await api.call({ method: 'POST', path }, deployment);
      out.show(answer, () => deploymentLines(answer));
    });
}

function addForeignCommands(group: Command, open: OpenSession): void {
  group
    .command('foreign')
    .description('show definitions of the process engine that never passed the deploy gate')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/foreign-definitions' }, foreignList);
      out.show(answer, () =>
        answer.items.length === 0
          ? ['Every definition of the process engine has passed the gate.']
          : table(
              ['Definition', 'Kind', 'Key', 'Version'],
              answer.items.map((each) => [each.definitionId, each.kind, each.key, each.version]),
            ),
      );
    });
  group
    .command('adopt')
    .description('put a foreign definition on record, if the gate would have taken it')
    .argument('<definition>', 'its id, as process foreign shows it')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      await api.call({ method: 'POST', path: `${foreignPath(id)}/adopt` }, nothing);
      out.show({ definitionId: id }, () => [`${id} is a version like any other.`]);
    });
  group
    .command('remove')
    .description('remove a foreign definition from the process engine, with its running instances')
    .argument('<definition>', 'its id, as process foreign shows it')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      await api.call({ method: 'DELETE', path: foreignPath(id) }, nothing);
      out.show({ definitionId: id }, () => [`${id} is gone.`]);
    });
}

function addStuckCommands(group: Command, open: OpenSession): void {
  group
    .command('stuck')
    .description('show what has no process and gets none by itself')
    .addHelpText(
      'after',
      '\nA request can also be ended (request abort) or take over what the engine remembers (request adopt-decision).',
    )
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/stuck-processes' }, stuckList);
      out.show(answer, () =>
        answer.items.length === 0
          ? ['Nothing has lost its process for good.']
          : table(
              ['Kind', 'Id', 'Since', 'What was found'],
              answer.items.map(({ kind, id, foundAt, message }) => [kind, id, timeText(foundAt), message]),
            ),
      );
    });
  group
    .command('start-again')
    .description('let something stuck have another process, in which it waits as before')
    .argument('<kind>', 'card-request, batch-order or card, as process stuck shows it')
    .argument('<id>', 'its id, as process stuck shows it')
    .action(async (kind: string, id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      const path = `/stuck-processes/${encodeURIComponent(kind)}/${encodeURIComponent(id)}/start-again`;
      await api.call({ method: 'POST', path }, nothing);
      out.show({ kind, id }, () => ['Its process starts within a minute.']);
    });
}

function foreignPath(definitionId: string): string {
  return `/foreign-definitions/${encodeURIComponent(definitionId)}`;
}

function withVersions(command: Command): Command {
  return command
    .argument('<process>', 'for example request-card-with-approval')
    .option('--from <n>', 'the older version; by default the last but one', versionNumber)
    .option('--to <n>', 'the younger version; by default the newest', versionNumber);
}

function pathOf(key: string): string {
  return `/process-definitions/${encodeURIComponent(key)}`;
}

/** @throws CliFailure `usage` where there is only one version */
async function bothVersions(
  api: Session['api'],
  key: string,
  { from, to }: Pair,
): Promise<{ from: number; to: number }> {
  if (from !== undefined && to !== undefined) return { from, to };
  const { items } = await api.call({ path: `${pathOf(key)}/versions` }, versionList);
  const target = to ?? items[0]?.version ?? 1;
  const source = from ?? items.find((each) => each.version < target)?.version;
  if (source === undefined)
    throw new CliFailure('usage', `${plain(key)} has no version before ${target}: give --from and --to.`);
  return { from: source, to: target };
}

function versionLines(versions: readonly Version[]): string[] {
  const headings = ['Version', 'Deployed', 'By', 'From', 'Chosen for', 'Running'];
  return table(
    headings,
    versions.map((each) => [
      each.version,
      timeText(each.deployedAt),
      each.deployedBy,
      each.shipped ? 'product' : each.origin,
      [...(each.chosenForAll ? ['everyone'] : []), ...each.chosenForCardTypes].join(', '),
      each.instances,
    ]),
  );
}

/** A difference in words. */
export function diffLines({ same, added, removed, changed, layoutChanged }: Diff): string[] {
  const named = ({ id, name, type }: Diff['added'][number]) =>
    plain(`${type} ${id}${name === null ? '' : ` "${name}"`}`);
  return [
    ...(same ? ['Nothing that happens has changed.'] : []),
    ...added.map((each) => `added    ${named(each)}`),
    ...removed.map((each) => `removed  ${named(each)}`),
    ...changed.flatMap((each) => [
      `changed  ${named(each)}`,
      ...each.changes.map((change) => `           ${plain(change)}`),
    ]),
    ...(layoutChanged.length === 0 ? [] : [`moved    ${plain(layoutChanged.map(({ id }) => id).join(', '))}`]),
  ];
}

function planLines({ from, to, instances, possible, problems, steps }: Plan): string[] {
  const rows = steps.map(({ id, name, instances: count, goesTo, byName }) => [
    id,
    name,
    count,
    byName ? `${goesTo}, by its name` : goesTo,
  ]);
  const stranded = steps.flatMap(({ id, stranded: why }) => (why === null ? [] : [plain(`${id}: ${why}`)]));
  return [
    `${instances} instances run in version ${from}; ${possible ? `all can continue in version ${to}` : 'not all of them can follow'}.`,
    ...(rows.length === 0 ? [] : ['', ...table(['Step', 'Name', 'Instances', 'Goes to'], rows)]),
    ...[...problems.map(plain), ...stranded].flatMap((line) => ['', line]),
  ];
}

async function ofMigration({ api, out }: Session, path: string, started: Migration): Promise<Migration> {
  for (let now = started; ;) {
    if (now.state === 'done') return now;
    if (now.remaining > 0 && now.remaining === now.failed) {
      throw new CliFailure(
        'refused',
        `${now.failed} of ${now.instances} instances could not be migrated: see their incidents in Cockpit.`,
      );
    }
    if (!out.json) out.show(now, () => [`${now.instances - now.remaining} of ${now.instances} instances …`]);
    await delay(lookEveryMs);
    now = await api.call({ path }, migration);
  }
}

function migrationSentence({ instances }: Migration): string {
  return instances === 1 ? '1 instance was migrated.' : `${instances} instances were migrated.`;
}
