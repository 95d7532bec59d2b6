import type { Command } from 'commander';
import { z } from 'zod';
import type { OpenSession } from '../session.js';
import { plain } from '../table.js';

const requestAnswer = z.looseObject({
  id: z.string(),
  state: z.string(),
  holder: z.looseObject({ name: z.string() }),
  cardType: z.looseObject({ name: z.string() }),
});

const nothing = z.unknown();

/** `request abort | adopt-decision`. */
export function addRequestCommands(program: Command, open: OpenSession): void {
  const group = program.command('request').description('card requests');
  group
    .command('abort')
    .description(
      'withdraw an own request that waits; as an administrator, also one of others that hangs before it is registered or is stuck',
    )
    .argument('<id>', 'id of the request, as My requests shows it')
    .option('--reason <text>', 'why; everyone who sees the request reads it')
    .action(async (id: string, { reason }: { reason?: string }, command: Command) => {
      const { api, out } = await open(command);
      const path = `/card-requests/${encodeURIComponent(id)}/abort`;
      const answer = await api.call({ method: 'POST', path, body: { reason: reason ?? null } }, requestAnswer);
      out.show(answer, () => [
        `The request of ${plain(answer.cardType.name)} for ${plain(answer.holder.name)} is aborted.`,
      ]);
    });
  group
    .command('adopt-decision')
    .description(
      'record the decision about a stuck request that the process engine remembers, in the name of who decided',
    )
    .argument('<id>', 'id of the request, as process stuck shows it')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      await api.call({ method: 'POST', path: `/card-requests/${encodeURIComponent(id)}/adopt-decision` }, nothing);
      out.show({ id }, () => ['The request is decided as the process engine remembers it.']);
    });
}
