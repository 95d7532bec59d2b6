import { Option, type Command } from 'commander';
import { z } from 'zod';
import { timeText } from '../../kernel/time-zone.js';
import { moreLines, withPages, type PageOptions } from '../arguments.js';
import { edit } from '../edit.js';
import { CliFailure } from '../failures.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';

const account = z.looseObject({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(z.string()),
  conflicts: z.array(z.looseObject({ roles: z.array(z.string()), why: z.string() })),
  lastSignInAt: z.string().nullable(),
});
const accountList = z.looseObject({ items: z.array(account), next: z.string().nullable() });
const profile = z.looseObject({ firstName: z.string(), lastName: z.string(), email: z.string() });
const oneTime = z.looseObject({ password: z.string() });
const sessionList = z.looseObject({
  items: z.array(
    z.looseObject({ program: z.string(), address: z.string().nullable(), since: z.string(), lastUse: z.string() }),
  ),
});
const ended = z.looseObject({ ended: z.number() });
const nothing = z.unknown();

interface SecondFactorOptions {
  readonly require?: true;
  readonly release?: true;
  readonly reset?: true;
  readonly role?: true;
}

interface NewAccountOptions {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly role: readonly string[];
}

const rolesHelp = '\nRoles: operator, approver, producer, admin, designer.';
const passwordNote = 'It is shown this once. Its owner changes it at /password.';

/** `accounts list | create | set-profile | set-roles | reset-password | sessions | second-factor | remove`. */
export function addAccountCommands(program: Command, open: OpenSession): void {
  const group = program.command('accounts').description('who can sign in, and in which roles');
  withPages(group.command('list').description('show accounts with their roles'))
    .option('--role <role>', 'only in this role')
    .option('--search <text>', 'only with this in id, name or e-mail')
    .addHelpText('after', rolesHelp)
    .action(
      async ({ limit, cursor, role, search }: PageOptions & { role?: string; search?: string }, command: Command) => {
        const { api, out } = await open(command);
        const answer = await api.call({ path: '/accounts', query: { limit, cursor, role, q: search } }, accountList);
        const rows = answer.items.map((each) => [
          each.id,
          each.name,
          each.email,
          each.roles.join(', '),
          each.lastSignInAt === null ? null : timeText(each.lastSignInAt),
        ]);
        const conflicts = answer.items.flatMap(({ id, conflicts: found }) =>
          found.map(({ roles, why }) => `${plain(id)} is ${roles.join(' and ')}: ${plain(why)}`),
        );
        out.show(answer, () => [
          ...table(['Account', 'Name', 'E-mail', 'Roles', 'Last sign-in'], rows),
          ...(conflicts.length === 0 ? [] : ['', 'Roles that one person should not have together:', ...conflicts]),
          ...moreLines(answer.next),
        ]);
      },
    );
  group
    .command('create')
    .description('create an account and show its first password')
    .argument('<account>', 'small letters, digits and . _ @ -')
    .requiredOption('--first-name <name>', 'given name')
    .requiredOption('--last-name <name>', 'family name')
    .requiredOption('--email <address>', 'where mails go')
    .option('--role <role...>', 'roles, separated by spaces', [])
    .addHelpText('after', rolesHelp)
    .action(async (id: string, { role, ...person }: NewAccountOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call(
        { method: 'POST', path: '/accounts', body: { id, ...person, roles: role } },
        oneTime,
      );
      out.show(answer, () => [`Account ${plain(id)} is created. Its password: ${answer.password}`, passwordNote]);
    });
  group
    .command('set-profile')
    .description('change names and e-mail address of an account; what is not named stays')
    .argument('<account>')
    .option('--first-name <name>', 'given name')
    .option('--last-name <name>', 'family name')
    .option('--email <address>', 'where mails go')
    .action(async (id: string, person: Partial<Omit<NewAccountOptions, 'role'>>, command: Command) => {
      const { api, out } = await open(command);
      const { firstName, lastName, email } = person;
      const changed = await edit(api, `${pathOf(id)}/profile`, profile, { firstName, lastName, email });
      out.show(changed, () => [
        `Account ${plain(id)} is of ${plain(changed.firstName)} ${plain(changed.lastName)}, ${plain(changed.email)}.`,
      ]);
    });
  group
    .command('set-roles')
    .description('give an account exactly these roles; without any it can do nothing')
    .argument('<account>')
    .argument('[roles...]')
    .addHelpText('after', rolesHelp)
    .action(async (id: string, roles: string[], _options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ method: 'PUT', path: `${pathOf(id)}/roles`, body: { roles } }, account);
      const conflicts = answer.conflicts.map(
        ({ roles: pair, why }) => `One person should not be ${pair.join(' and ')}: ${plain(why)}`,
      );
      out.show(answer, () => [
        `Account ${plain(id)} has the roles: ${answer.roles.join(', ') || 'none'}.`,
        ...conflicts,
      ]);
    });
  group
    .command('reset-password')
    .description('give an account a new password, show it, and end its sessions')
    .argument('<account>')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ method: 'POST', path: `${pathOf(id)}/password` }, oneTime);
      out.show(answer, () => [`The password of ${plain(id)} is: ${answer.password}`, passwordNote]);
    });
  group
    .command('sessions')
    .description('show where an account is signed in, or end all of its sessions')
    .argument('<account>')
    .option('--end', 'end them')
    .action(async (id: string, { end }: { end?: true }, command: Command) => {
      const { api, out } = await open(command);
      const path = `${pathOf(id)}/sessions`;
      if (end === true) {
        const answer = await api.call({ method: 'DELETE', path }, ended);
        out.show(answer, () => [`Sessions of ${plain(id)} that have ended: ${answer.ended}.`]);
        return;
      }
      const answer = await api.call({ path }, sessionList);
      const rows = answer.items.map((each) => [each.program, each.address, each.since, each.lastUse]);
      out.show(answer, () => table(['Program', 'Address', 'Since', 'Last use'], rows));
    });
  group
    .command('second-factor')
    .description('ask an account, or everybody in a role, for a second factor; or remove one that was lost')
    .argument('<account-or-role>')
    .addOption(new Option('--require', 'ask for one').conflicts(['release', 'reset']))
    .addOption(new Option('--release', 'do not ask any more').conflicts('reset'))
    .option('--reset', 'remove it: the next sign-in sets another one up where one is asked for')
    .option('--role', 'the argument is a role')
    .addHelpText('after', rolesHelp)
    .action(async (id: string, { require, reset, release, role }: SecondFactorOptions, command: Command) => {
      if (require !== true && release !== true && reset !== true)
        throw new CliFailure('usage', 'Say what to do: --require, --release or --reset.');
      if (role === true && reset === true) throw new CliFailure('usage', '--reset is for one account, not for a role.');
      const { api, out } = await open(command);
      const path = `${role === true ? `/groups/${encodeURIComponent(id)}` : pathOf(id)}/second-factor`;
      const what =
        reset === true
          ? ({ method: 'DELETE', path } as const)
          : ({ method: 'PUT', path, body: { required: require === true } } as const);
      await api.call(what, nothing);
      const done = reset === true ? 'is removed' : require === true ? 'is asked for' : 'is not asked for any more';
      out.show(null, () => [`The second factor of ${plain(id)} ${done}.`]);
    });
  group
    .command('remove')
    .description('remove an account; what it did stays on record')
    .argument('<account>')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      await api.call({ method: 'DELETE', path: pathOf(id) }, nothing);
      out.show(null, () => [`Account ${plain(id)} is removed.`]);
    });
}

function pathOf(id: string): string {
  return `/accounts/${encodeURIComponent(id)}`;
}
