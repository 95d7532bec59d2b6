import type { Command } from 'commander';
import { z } from 'zod';
import { moreLines, wholeNumber, withPages, type PageOptions } from '../arguments.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';

const undeliveredList = z.looseObject({
  items: z.array(
    z.looseObject({
      cardId: z.string(),
      number: z.number(),
      cardNumber: z.string().nullable(),
      holder: z.string(),
      deliveries: z.record(z.string(), z.string()),
      production: z.string(),
      lastError: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});

const rotation = z.looseObject({
  currentKey: z.string(),
  resealed: z.number(),
  unneededKeys: z.array(z.string()),
  unreadable: z.array(z.looseObject({ key: z.string(), secrets: z.number() })),
});
type Rotation = z.infer<typeof rotation>;

const productionNumber = wholeNumber(1, 999_999);

/** `secrets list | deliver | rotate`. */
export function addSecretCommands(program: Command, open: OpenSession): void {
  const group = program
    .command('secrets')
    .description('PINs and PUKs on their way to card holders; they are never shown');
  withPages(group.command('list').description('show which have not reached their card holders')).action(
    async ({ limit, cursor }: PageOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/secrets', query: { limit, cursor } }, undeliveredList);
      const headings = ['Card', 'Production', 'Card number', 'Card holder', 'PIN', 'PUK', 'State', 'Last error'];
      const rows = () =>
        answer.items.map(({ cardId, number, cardNumber, holder, deliveries, production, lastError }) => [
          cardId,
          number,
          cardNumber,
          holder,
          deliveries['pin'] ?? null,
          deliveries['puk'] ?? null,
          production,
          lastError,
        ]);
      out.show(answer, () => [...table(headings, rows()), ...moreLines(answer.next)]);
    },
  );
  group
    .command('deliver')
    .description('deliver once more what has not arrived, the way the options say now')
    .argument('<card>', 'id of the card, as secrets list shows it')
    .argument('<production>', 'its production number', productionNumber)
    .addHelpText('after', '\nFor example after an address was corrected. With the option none it is erased.')
    .action(async (cardId: string, number: number, _options: object, command: Command) => {
      const { api, out } = await open(command);
      const path = `/secrets/${encodeURIComponent(cardId)}/${number}/deliver`;
      await api.call({ method: 'POST', path }, z.unknown());
      out.show({ cardId, number }, () => ['It is under way, as the options pin-delivery and puk-delivery say.']);
    });
  group
    .command('rotate')
    .description('seal everything with the current key')
    .addHelpText('after', rotateHelp)
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ method: 'POST', path: '/secrets/rotate' }, rotation);
      out.show(answer, () => rotationLines(answer));
    });
}

const rotateHelp = `
To change the key: add the new one as the second line of SECRETS_KEYS_FILE and start every server and worker again;
make it the first line and start them again; then rotate, and remove the keys that it names.`;

/** What was done, for people. */
export function rotationLines({ currentKey, resealed, unneededKeys, unreadable }: Rotation): string[] {
  return [
    `${resealed} ${resealed === 1 ? 'secret was' : 'secrets were'} sealed again with the key ${plain(currentKey)}.`,
    ...unneededKeys.map((key) => `The key ${plain(key)} is not needed any more: remove it.`),
    ...unreadable.map(
      ({ key, secrets }) =>
        `${secrets} cannot be read: the key ${plain(key)} is not among the keys of the server. Put it back.`,
    ),
  ];
}
