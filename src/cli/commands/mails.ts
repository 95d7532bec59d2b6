import type { Command } from 'commander';
import { z } from 'zod';
import { timeText } from '../../kernel/time-zone.js';
import { moreLines, withPages, type PageOptions } from '../arguments.js';
import type { OpenSession } from '../session.js';
import { CliFailure } from '../failures.js';
import { plain, table } from '../table.js';

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

const sentAgain = z.looseObject({ mails: z.number() });

/** `mails list | send-again`. */
export function addMailCommands(program: Command, open: OpenSession): void {
  const group = program.command('mails').description('the outbox of mails');
  withPages(group.command('list').description('show mails, newest first'))
    .option('--state <state>', 'only in this state, for example failed')
    .action(async ({ limit, cursor, state }: MailOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/mails', query: { limit, cursor, state } }, mailList);
      const rows = () =>
        answer.items.map((mail) => [
          timeText(mail.createdAt),
          mail.toAddress ?? mail.toAccount ?? mail.toGroup,
          mail.subject,
          mail.state,
          mail.attempts,
          mail.lastError,
        ]);
      const headings = ['Created', 'To', 'Subject', 'State', 'Tries', 'Last error'];
      out.show(answer, () => [...table(headings, rows()), ...moreLines(answer.next)]);
    });
  group
    .command('send-again')
    .description('send a mail again that was not sent, or every one')
    .argument('[mail]', 'its id, as "mails list --json" shows it')
    .option('--failed', 'every mail that was not sent')
    .action(async (id: string | undefined, { failed = false }: { failed?: boolean }, command: Command) => {
      if (failed === (id !== undefined)) throw new CliFailure('usage', 'Name one mail, or add --failed for all.');
      const { api, out } = await open(command);
      if (id === undefined) {
        const answer = await api.call({ method: 'POST', path: '/mails/send-again' }, sentAgain);
        out.show(answer, () => [
          answer.mails === 1 ? '1 mail is sent again.' : `${answer.mails} mails are sent again.`,
        ]);
      } else {
        await api.call({ method: 'POST', path: `/mails/${encodeURIComponent(id)}/send-again` }, z.unknown());
        out.show({ mail: id }, () => [`Mail ${plain(id)} is sent again.`]);
      }
    });
}
