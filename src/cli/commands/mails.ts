import type { Command } from 'commander';
import { z } from 'zod';
import { moreLines, withPages, type PageOptions } from '../arguments.js';
import type { OpenSession } from '../session.js';
import { table } from '../table.js';

const mailList = z.looseObject({
  items: z.array(
    z.looseObject({
      createdAt: z.string(),
      toAccount: z.string().nullable(),
      toGroup: z.string().nullable(),
      toAddress: z.string().nullable(),
      subject: z.string(),
      state: z.string(),
      attempts: z.number(),
      lastError: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});

interface MailOptions extends PageOptions {
  readonly state?: string;
}

/** `mails list`. */
export function addMailCommands(program: Command, open: OpenSession): void {
  const group = program.command('mails').description('the outbox of mails');
  withPages(group.command('list').description('show mails, newest first'))
    .option('--state <state>', 'only in this state, for example failed')
    .addHelpText('after', '\nTimes are shown in UTC.')
    .action(async ({ limit, cursor, state }: MailOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/mails', query: { limit, cursor, state } }, mailList);
      const rows = () =>
        answer.items.map((mail) => [
          mail.createdAt,
          mail.toAddress ?? mail.toAccount ?? mail.toGroup,
          mail.subject,
          mail.state,
          mail.attempts,
          mail.lastError,
        ]);
      const headings = ['Created', 'To', 'Subject', 'State', 'Tries', 'Last error'];
      out.show(answer, () => [...table(headings, rows()), ...moreLines(answer.next)]);
    });
}
