import type { Command } from 'commander';
import { z } from 'zod';
import { moreLines, wholeNumber, withPages, type PageOptions } from '../arguments.js';
import { edit } from '../edit.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';

const numberRange = z.looseObject({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  digits: z.number(),
  suffix: z.string(),
  nextNumber: z.number(),
  next: z.string().nullable(),
  left: z.number(),
});
type NumberRange = z.infer<typeof numberRange>;
const numberRangeList = z.looseObject({ items: z.array(numberRange), next: z.string().nullable() });

interface RangeOptions {
  readonly name?: string;
  readonly prefix?: string;
  readonly digits?: number;
  readonly suffix?: string;
  readonly next?: number;
}

/** `number-range list | add | set`. */
export function addNumberRangeCommands(program: Command, open: OpenSession): void {
  const group = program.command('number-range').description('series of card numbers');
  withPages(group.command('list').description('show every number range')).action(
    async ({ limit, cursor }: PageOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/number-ranges', query: { limit, cursor } }, numberRangeList);
      out.show(answer, () => [...listLines(answer.items), ...moreLines(answer.next)]);
    },
  );
  withRangeOptions(
    group.command('add').description('add a number range').argument('<range>', 'its id, for example staff'),
  ).action(
    async (
      id: string,
      { name = id, prefix = '', digits = 6, suffix = '', next = 1 }: RangeOptions,
      command: Command,
    ) => {
      const { api, out } = await open(command);
      const body = { id, name, prefix, digits, suffix, nextNumber: next };
      const added = await api.call({ method: 'POST', path: '/number-ranges', body }, numberRange);
      out.show(added, () => [`Number range ${plain(added.id)} is added.`, '', ...listLines([added])]);
    },
  );
  withRangeOptions(
    group
      .command('set')
      .description('change a number range; what is not named stays')
      .argument('<range>', 'for example employee'),
  )
    .addHelpText('after', '\nNo number that a card has can come again, so the next number only grows.')
    .action(async (id: string, { next, name, prefix, digits, suffix }: RangeOptions, command: Command) => {
      const { api, out } = await open(command);
      const changes = { name, prefix, digits, suffix, nextNumber: next };
      const changed = await edit(api, `/number-ranges/${encodeURIComponent(id)}`, numberRange, changes);
      out.show(changed, () => [`Number range ${plain(changed.id)} is changed.`, '', ...listLines([changed])]);
    });
}

function withRangeOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what people call it')
    .option('--prefix <text>', 'before the digits, for example E')
    .option('--digits <n>', 'how many digits, 1 to 15', wholeNumber(1, 15))
    .option('--suffix <text>', 'after the digits')
    .option('--next <n>', 'the number that is given out next', wholeNumber(1, 999_999_999_999_999));
}

function listLines(ranges: readonly NumberRange[]): string[] {
  const rows = ranges.map(({ id, name, prefix, digits, suffix, next, left }) => [
    id,
    name,
    prefix,
    digits,
    suffix,
    next,
    left,
  ]);
  return table(['Range', 'Name', 'Prefix', 'Digits', 'Suffix', 'Next number', 'Left'], rows);
}
