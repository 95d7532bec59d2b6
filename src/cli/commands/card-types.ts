import type { Command } from 'commander';
import { z } from 'zod';
import { moreLines, nullIfNone, orNone, wholeNumber, withPages, yesOrNo, type PageOptions } from '../arguments.js';
import { edit } from '../edit.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';

const cardType = z.looseObject({
  id: z.string(),
  name: z.string(),
  photoRequired: z.boolean(),
  chip: z.boolean(),
  validityMonths: z.number().nullable(),
  layout: z.string().nullable(),
  numberRange: z.string().nullable(),
  backend: z.string().nullable(),
  separateProducer: z.boolean(),
  position: z.number(),
});
type CardType = z.infer<typeof cardType>;
const cardTypeList = z.looseObject({ items: z.array(cardType), next: z.string().nullable() });

interface SetOptions {
  readonly name?: string;
  readonly photo?: boolean;
  readonly chip?: boolean;
  readonly validityMonths?: number | 'none';
  readonly layout?: string;
  readonly numberRange?: string;
  readonly backend?: string;
  readonly separateProducer?: boolean;
  readonly position?: number;
}

/** `card-type list | set`. */
export function addCardTypeCommands(program: Command, open: OpenSession): void {
  const group = program.command('card-type').description('kinds of cards, and what producing them needs');
  withPages(group.command('list').description('show every card type')).action(
    async ({ limit, cursor }: PageOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/card-types', query: { limit, cursor } }, cardTypeList);
      out.show(answer, () => [...listLines(answer.items), ...moreLines(answer.next)]);
    },
  );
  group
    .command('set')
    .description('change a card type; what is not named stays')
    .argument('<card-type>', 'for example employee')
    .option('--name <name>', 'what people and the card call it')
    .option('--photo <yes|no>', 'whether the holder needs a photo', yesOrNo)
    .option('--chip <yes|no>', 'whether it has a chip, and so a PIN', yesOrNo)
    .option('--validity-months <n>', 'how long a card is valid, or none', orNone(wholeNumber(1, 240)))
    .option('--layout <layout>', 'what it looks like, or none')
    .option('--number-range <range>', 'where its numbers come from, or none')
    .option('--backend <backend>', 'what makes it, or none')
    .option('--separate-producer <yes|no>', 'whether an approver may not produce what they approved', yesOrNo)
    .option('--position <n>', 'place among the others where people choose', wholeNumber(0, 10_000))
    .addHelpText('after', '\nCards that are approved already keep what they were approved with.')
    .action(async (id: string, { photo, ...options }: SetOptions, command: Command) => {
      const { api, out } = await open(command);
      const { name, chip, separateProducer, position } = options;
      const changes = {
        name,
        photoRequired: photo,
        chip,
        validityMonths: nullIfNone(options.validityMonths),
        layout: nullIfNone(options.layout),
        numberRange: nullIfNone(options.numberRange),
        backend: nullIfNone(options.backend),
        separateProducer,
        position,
      };
      const changed = await edit(api, `/card-types/${encodeURIComponent(id)}`, cardType, changes);
      out.show(changed, () => [`Card type ${plain(changed.id)} is changed.`, '', ...listLines([changed])]);
    });
}

/** The table of card types, and below it what those still need that cannot be produced yet. */
export function listLines(types: readonly CardType[]): string[] {
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  const rows = types.map((type) => [
    type.id,
    type.name,
    yes(type.photoRequired),
    yes(type.chip),
    type.validityMonths,
    type.layout,
    type.numberRange,
    type.backend,
    yes(type.separateProducer),
  ]);
  const headings = [
    'Card type',
    'Name',
    'Photo',
    'Chip',
    'Months',
    'Layout',
    'Numbers',
    'Backend',
    'Separate producer',
  ];
  return [...table(headings, rows), ...types.flatMap(needs).flatMap((hint) => ['', hint])];
}

function needs({ id, layout, numberRange, backend }: CardType): string[] {
  const missing = Object.entries({ '--layout': layout, '--number-range': numberRange, '--backend': backend }).filter(
    ([, value]) => value === null,
  );
  if (missing.length === 0) return [];
  return [
    `Cards of the type ${plain(id)} cannot be produced yet: npm run cards -- card-type set ${plain(id)} ${missing.map(([option]) => `${option} …`).join(' ')}`,
  ];
}
