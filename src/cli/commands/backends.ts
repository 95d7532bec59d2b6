import type { Command } from 'commander';
import { z } from 'zod';
import { moreLines, withPages, yesOrNo, type PageOptions } from '../arguments.js';
import { edit } from '../edit.js';
import type { OpenSession, Session } from '../session.js';
import { plain, table } from '../table.js';
import { readJsonObject } from '../upload.js';

const backend = z.looseObject({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  settings: z.record(z.string(), z.unknown()),
  simulated: z.boolean(),
});
type Backend = z.infer<typeof backend>;
const backendList = z.looseObject({ items: z.array(backend), next: z.string().nullable() });
const kindList = z.looseObject({
  items: z.array(
    z.looseObject({
      kind: z.string(),
      name: z.string(),
      settings: z.array(
        z.looseObject({ name: z.string(), label: z.string(), hint: z.string().nullable(), required: z.boolean() }),
      ),
      secrets: z.array(z.looseObject({ name: z.string(), purpose: z.string() })),
    }),
  ),
});
const status = z.looseObject({
  condition: z.string(),
  message: z.string().nullable(),
  supplies: z.record(z.string(), z.string()),
});

interface BackendOptions {
  readonly kind?: string;
  readonly name?: string;
  readonly settings?: string;
  readonly simulated?: boolean;
  readonly confirm?: true;
}

/** `backend list | kinds | add | set | test`. */
export function addBackendCommands(program: Command, open: OpenSession): void {
  const group = program.command('backend').description('what makes cards: print bureaus and card printers');
  withPages(group.command('list').description('show every card production backend')).action(
    async ({ limit, cursor }: PageOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/backends', query: { limit, cursor } }, backendList);
      out.show(answer, () => [...listLines(answer.items), ...moreLines(answer.next)]);
    },
  );
  group
    .command('kinds')
    .description('show what kinds of backends there are, with their settings')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/backend-kinds' }, kindList);
      out.show(answer, () => answer.items.flatMap(kindLines));
    });
  withBackendOptions(
    group
      .command('add')
      .description('add a card production backend')
      .argument('<backend>', 'its id, for example card-printer'),
  )
    .requiredOption('--kind <kind>', 'one of those that "backend kinds" shows, for example ipp')
    .addHelpText('after', settingsHelp)
    .action(
      async (id: string, { kind, name = id, settings: file, simulated = false }: BackendOptions, command: Command) => {
        const session = await open(command);
        const body = { id, kind, name, settings: (await settingsOf(session, file)) ?? {}, simulated };
        const added = await session.api.call({ method: 'POST', path: '/backends', body }, backend);
        session.out.show(added, () => [
          `Backend ${plain(added.id)} is added. Ask it how it is: npm run cards -- backend test ${plain(added.id)}`,
        ]);
      },
    );
  withBackendOptions(
    group
      .command('set')
      .description('change a card production backend; what is not named stays')
      .argument('<backend>', 'for example print-shop'),
  )
    .option('--confirm', 'another key of the backend is meant')
    .addHelpText('after', settingsHelp)
    .action(async (id: string, { name, settings: file, simulated, confirm }: BackendOptions, command: Command) => {
      const session = await open(command);
      const changes = { name, settings: await settingsOf(session, file), simulated, confirm };
      const changed = await edit(session.api, `/backends/${encodeURIComponent(id)}`, backend, changes);
      session.out.show(changed, () => [`Backend ${plain(changed.id)} is changed.`, '', ...listLines([changed])]);
    });
  group
    .command('test')
    .description('ask a backend itself how it is; no card is made')
    .argument('<backend>', 'for example print-shop')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ method: 'POST', path: `/backends/${encodeURIComponent(id)}/test` }, status);
      out.show(answer, () => statusLines(id, answer));
    });
}

function withBackendOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what people call it')
    .option('--settings <file>', 'its settings as JSON, or - for standard input')
    .option('--simulated <yes|no>', 'whether its cards are not real, and are marked so', yesOrNo);
}

const settingsHelp = `
Settings hold addresses and habits, never a password or a key: those are settings of the server, which these only name.`;

async function settingsOf(
  { stdin, directory }: Session,
  file: string | undefined,
): Promise<Record<string, unknown> | undefined> {
  return file === undefined ? undefined : readJsonObject(file, stdin, directory);
}

function listLines(backends: readonly Backend[]): string[] {
  const rows = backends.map(({ id, name, kind, simulated, settings }) => [
    id,
    name,
    kind,
    simulated ? 'simulated' : 'real',
    JSON.stringify(settings),
  ]);
  return table(['Backend', 'Name', 'Kind', 'Cards', 'Settings'], rows);
}

function kindLines({ kind, name, settings, secrets }: z.infer<typeof kindList>['items'][number]): string[] {
  const rows = settings.map((setting) => [
    setting.name,
    [setting.required ? 'needed: ' : '', setting.label, setting.hint === null ? '' : `. ${setting.hint}`].join(''),
  ]);
  const inFile = secrets.map((secret) => [`${secret.name} (secret)`, `${secret.purpose}; in the file of secrets`]);
  return [`${kind}: ${name}`, '', ...table(['Setting', 'Meaning'], [...rows, ...inFile]), ''];
}

function statusLines(id: string, { condition, message, supplies }: z.infer<typeof status>): string[] {
  const state = condition === 'ready' ? 'is ready' : 'is paused';
  const supply = Object.entries(supplies).map(([name, level]) => `${plain(name)}: ${plain(level)}`);
  return [
    `Backend ${plain(id)} ${state}${message === null ? '' : `: ${plain(message)}`}.`.replace(/\.\.$/, '.'),
    ...supply,
  ];
}
