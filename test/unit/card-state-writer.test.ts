import { ESLint, Linter } from 'eslint';

const eslint = new ESLint();
let rule: Linter.RuleEntry;

beforeAll(async () => {
  rule = await ruleFor('src/requests/request-store.ts');
});

async function ruleFor(file: string): Promise<Linter.RuleEntry> {
  const config = (await eslint.calculateConfigForFile(file)) as Linter.Config;
  return config.rules?.['no-restricted-syntax'] ?? 'off';
}

/** What lint finds in a line of code. */
function found(code: string): string[] {
  const config = { languageOptions: { ecmaVersion: 2024, sourceType: 'module' } } as const;
  const messages = new Linter().verify(code, [{ ...config, rules: { 'no-restricted-syntax': rule } }]);
  return messages.map(({ message }) => message);
}

it.each([
  "db.raw(`update card set state = 'issued'`)",
  "db.raw(`with a as (\n UPDATE card c\n set state = 'issued') select 1`)",
  'db.raw("insert into card (id, state) values (1, 2)")',
  'db.raw(`merge into public.card using a`)',
  "trx('card').where({ id }).update({ state: 'issued' })",
  "trx('card as c').whereIn('id', ids).increment('x')",
  "trx('card').insert({ id })",
  "trx.insert({ id }).into('card')",
  "trx.table('card').where({ id }).update('state', 'issued')",
])('lint refuses a second writer of card states: %s', (code) => {
  expect(found(code)).toContain(
    'The state of a card is written by src/cards/card-moves.ts alone: use one of its moves.',
  );
});

it.each([
  "db.raw(`update card_request set state = 'approved'`)",
  "db.raw('insert into card_snapshot (card_id) select id from card')",
  'db.raw(`select from card where id = 1 for update`)',
  "trx('card').where({ id }).forUpdate().first('state')",
  "trx('card_secret').insert({ id })",
])('and lets pass what writes no card: %s', (code) => {
  expect(found(code)).toEqual([]);
});

it('holds in every room and in the handlers, but for the writer', async () => {
  const rules = await Promise.all(
    ['src/production/x.ts', 'src/cards/x.ts', 'workers/handlers/x.ts', 'src/cards/card-moves.ts'].map(ruleFor),
  );
  expect(rules.map((each) => JSON.stringify(each) === JSON.stringify(rule))).toEqual([true, true, true, false]);
});
