import { Option, type Command } from 'commander';
import { z } from 'zod';
import { edit } from '../edit.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';

const ownGroup = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  mayApprove: z.boolean(),
  retired: z.boolean(),
  members: z.array(z.string()),
});
type OwnGroup = z.infer<typeof ownGroup>;
const groupList = z.looseObject({ items: z.array(ownGroup.extend({ role: z.string().nullable() })) });
const nothing = z.unknown();

interface GroupOptions {
  readonly name?: string;
  readonly description?: string;
  readonly mayApprove?: boolean;
}

/** `group list | add | set | retire | restore | join | leave`. */
export function addGroupCommands(program: Command, open: OpenSession): void {
  const group = program.command('group').description('groups of the organisation, for which diagrams have tasks');
  const change = async (command: Command, id: string, changes: Partial<OwnGroup>, done: string) => {
    const { api, out } = await open(command);
    const { name, description, mayApprove, retired } = changes;
    const changed = await edit(api, pathOf(id), ownGroup, { name, description, mayApprove, retired });
    out.show(changed, () => [`Group ${plain(changed.id)} is ${done}.`, '', ...listLines([changed])]);
  };
  group
    .command('list')
    .description('show every group of the organisation with its members')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const { items } = await api.call({ path: '/groups' }, groupList);
      const own = items.filter(({ role }) => role === null);
      const none = 'There is no group yet: add one with "group add".';
      out.show({ items: own, next: null }, () => (own.length === 0 ? [none] : listLines(own)));
    });
  withGroupOptions(
    group.command('add').description('add a group').argument('<group>', 'its id, for example line-managers'),
  ).action(async (id: string, { name = id, description = '', mayApprove = false }: GroupOptions, command: Command) => {
    const { api, out } = await open(command);
    const body = { id, name, description, mayApprove };
    const added = await api.call({ method: 'POST', path: '/groups', body }, ownGroup);
    out.show(added, () => [`Group ${plain(added.id)} is added.`, '', ...listLines([added])]);
  });
  withGroupOptions(group.command('set').description('change a group; what is not named stays').argument('<group>'))
    .addOption(new Option('--may-not-approve', 'its members do not decide on card requests').conflicts('mayApprove'))
    .action(
      (id: string, { mayNotApprove, mayApprove, ...rest }: GroupOptions & { mayNotApprove?: true }, command: Command) =>
        change(
          command,
          id,
          { ...rest, ...(mayNotApprove === true ? { mayApprove: false } : mayApprove === true ? { mayApprove } : {}) },
          'changed',
        ),
    );
  group
    .command('retire')
    .description('no new diagram may name the group; tasks that wait for it can still be done')
    .argument('<group>')
    .action((id: string, _options: object, command: Command) => change(command, id, { retired: true }, 'retired'));
  group
    .command('restore')
    .description('take a retired group back into use')
    .argument('<group>')
    .action((id: string, _options: object, command: Command) =>
      change(command, id, { retired: false }, 'in use again'),
    );
  for (const { name, method, says, done } of memberships) {
    group
      .command(name)
      .description(says)
      .argument('<group>')
      .argument('<account>')
      .action(async (id: string, account: string, _options: object, command: Command) => {
        const { api, out } = await open(command);
        await api.call({ method, path: `${pathOf(id)}/members/${encodeURIComponent(account)}` }, nothing);
        out.show(null, () => [`Account ${plain(account)} is ${done} ${plain(id)}.`]);
      });
  }
}

const memberships = [
  { name: 'join', method: 'PUT', says: 'put an account into a group', done: 'in the group' },
  { name: 'leave', method: 'DELETE', says: 'take an account out of a group', done: 'not in the group' },
] as const;

const pathOf = (id: string): string => `/groups/${encodeURIComponent(id)}`;

function withGroupOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what people call it, and what its list in Tasklist is called')
    .option('--description <text>', 'what it is for')
    .option('--may-approve', 'its members may decide on card requests');
}

function listLines(groups: readonly OwnGroup[]): string[] {
  const rows = groups.map(({ id, name, mayApprove, retired, members }) => [
    id,
    name,
    mayApprove ? 'yes' : 'no',
    retired ? 'retired' : 'in use',
    members.join(', ') || 'nobody yet',
  ]);
  return table(['Group', 'Name', 'May approve', 'State', 'Members'], rows);
}
