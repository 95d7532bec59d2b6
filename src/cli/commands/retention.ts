import type { Command } from 'commander';
import { z } from 'zod';
import { timeText } from '../../kernel/time-zone.js';
import type { OpenSession } from '../session.js';

const run = z.looseObject({ requests: z.number(), cards: z.number(), photos: z.number(), dryRun: z.boolean() });
const retention = z.looseObject({
  days: z.looseObject({ requests: z.number().nullable(), cards: z.number().nullable(), engineHistory: z.number() }),
  due: run.omit({ dryRun: true }),
  unfinished: z.number(),
  lastRun: z.looseObject({ startedAt: z.string(), actor: z.string() }).nullable(),
});

/** `retention show | run`. */
export function addRetentionCommands(program: Command, open: OpenSession): void {
  const group = program.command('retention').description('how long personal data stays');
  group
    .command('show')
    .description('show how long what stays, and what is due to be erased')
    .addHelpText('after', '\nHow long is set with: option set request-data-days, card-data-days, engine-history-days.')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/retention' }, retention);
      const { days, due, unfinished, lastRun } = answer;
      out.show(answer, () => [
        `Personal data of ended requests stays ${daysText(days.requests)}, of cards at their end ${daysText(days.cards)}.`,
        `The process engine remembers what has ended for ${days.engineHistory} days.`,
        `Due to be erased: ${countsText(due)}.`,
        ...(unfinished > 0
          ? [`In the process engine ${unfinished} of what was erased may still show in processes that run.`]
          : []),
        lastRun === null
          ? 'Nothing was erased by time yet.'
          : `The last run was at ${timeText(lastRun.startedAt)}, by ${lastRun.actor}.`,
      ]);
    });
  group
    .command('run')
    .description('erase what is due now, without waiting for the daily run')
    .option('--dry-run', 'only show what would be erased')
    .addHelpText('after', '\nIds, states, times and the audit log stay. What is erased cannot be brought back.')
    .action(async ({ dryRun }: { readonly dryRun?: true }, command: Command) => {
      const { api, out } = await open(command);
      const query = { dryRun: dryRun === true ? 'true' : undefined };
      const answer = await api.call({ method: 'POST', path: '/retention/runs', query }, run);
      out.show(answer, () => [
        answer.dryRun
          ? `Nothing was erased yet. It would be: ${countsText(answer)}.`
          : `Erased: ${countsText(answer)}.`,
      ]);
    });
}

function daysText(days: number | null): string {
  return days === null ? 'without end' : `${days} days`;
}

function countsText({ requests, cards, photos }: z.infer<typeof retention>['due']): string {
  return `${requests} requests, ${cards} cards, ${photos} photos`;
}
