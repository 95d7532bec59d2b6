import type { Command } from 'commander';
import { z } from 'zod';
import { timeText } from '../../kernel/time-zone.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';

const changeList = z.looseObject({
  items: z.array(
    z.looseObject({
      id: z.string(),
      what: z.string(),
      requestedBy: z.string(),
      expiresAt: z.string(),
      outcome: z.string().nullable(),
      settledBy: z.string().nullable(),
    }),
  ),
});

/** `changes list | confirm | reject`. */
export function addChangeCommands(program: Command, open: OpenSession): void {
  const group = program.command('changes').description('changes that wait for a second administrator');
  group
    .command('list')
    .description('show what waits, then what was settled last')
    .addHelpText('after', '\nWhether changes wait, and how long, is set with: option set second-administrator P3D.')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/pending-changes' }, changeList);
      const rows = answer.items.map(({ id, what, requestedBy, expiresAt, outcome, settledBy }) => [
        id,
        what,
        requestedBy,
        outcome === null ? `waits until ${timeText(expiresAt)}` : `${outcome} by ${settledBy ?? ''}`,
      ]);
      out.show(answer, () => table(['Change', 'What', 'Asked for by', 'State'], rows));
    });
  group
    .command('confirm')
    .description('make a change that another administrator asked for')
    .argument('<change>', 'its number, as "changes list" shows it')
    .addHelpText('after', '\nA person confirms: sign in with --user.')
    .action(async (id: string, _options: object, command: Command) => {
      await settle(command, id, 'confirm', 'is made');
    });
  group
    .command('reject')
    .description('take a change off the list; also your own')
    .argument('<change>', 'its number, as "changes list" shows it')
    .action(async (id: string, _options: object, command: Command) => {
      await settle(command, id, 'reject', 'will not be made');
    });

  async function settle(command: Command, id: string, how: 'confirm' | 'reject', done: string): Promise<void> {
    const { api, out } = await open(command);
    await api.call({ method: 'POST', path: `/pending-changes/${encodeURIComponent(id)}/${how}` }, z.unknown());
    out.show({ change: id }, () => [`Change ${plain(id)} ${done}.`]);
  }
}
