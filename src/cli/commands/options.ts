import type { Command } from 'commander';
import { z } from 'zod';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';

const optionValue = z.looseObject({
  name: z.string(),
  value: z.unknown(),
  default: z.unknown(),
  help: z.string(),
  touches: z.string(),
});
type OptionValue = z.infer<typeof optionValue>;
const optionList = z.looseObject({ items: z.array(optionValue) });

/** `option list | set`. */
export function addOptionCommands(program: Command, open: OpenSession): void {
  const group = program.command('option').description('options of the installation');
  group
    .command('list')
    .description('show every option with its value')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/options' }, optionList);
      const headings = ['Option', 'Value', 'Default', 'Meaning'];
      const row = (each: OptionValue) => [
        each.name,
        valueText(each.value),
        valueText(each.default),
        `${each.help} ${each.touches}`,
      ];
      out.show(answer, () => table(headings, answer.items.map(row)));
    });
  group
    .command('set')
    .description('set an option')
    .argument('<option>', 'for example approval-time-limit')
    .argument('<value>', 'a number, true, false, a text such as P3D, or none')
    .addHelpText('after', '\nRequests that are registered already keep the value that they have.')
    .action(async (name: string, text: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      const path = `/options/${encodeURIComponent(name)}`;
      const answer = await api.call({ method: 'PUT', path, body: { value: parseValue(text) } }, optionList);
      const now = answer.items.find((option) => option.name === name)?.value;
      out.show(answer, () => [`Option ${plain(name)} is ${valueText(now)} from now on.`]);
    });
}

/** A value as it is typed: a whole number, `true`, `false`, `none`, or else a text. */
export function parseValue(text: string): string | number | boolean | null {
  const words: Record<string, boolean | null> = { true: true, false: false, none: null };
  if (Object.hasOwn(words, text)) return words[text] ?? null;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function valueText(raw: unknown): string {
  if (raw === null || raw === undefined) return 'none';
  return typeof raw === 'string' ? plain(raw) : JSON.stringify(raw);
}
