import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { rehearse } from '../../kernel/db/rehearsal.js';
import { assertMatch, etagOfContent } from '../../web/etag.js';
import { listOf } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import type { AccountDirectory } from '../accounts/account-directory.js';
import { assertSecondAdministrator } from '../pending-changes/rules.js';
import { guarding, listOptions, setOption, type OptionValue } from './options.js';

const optionSchema = z
  .object({
    name: z.string(),
    value: z.unknown(),
    default: z.unknown(),
    help: z.string(),
    touches: z.string().describe('Which work takes a new value, and which keeps the one before'),
    input: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('duration'), least: z.string(), most: z.string(), orNone: z.boolean() }),
      z.object({
        kind: z.literal('number'),
        least: z.int(),
        most: z.int(),
        unit: z.enum(['days', 'digits']),
        orNone: z.boolean(),
      }),
      z.object({ kind: z.literal('choice'), choices: z.array(z.union([z.string(), z.number()])).readonly() }),
    ]),
    changedBy: z.string().nullable().describe('Null where nobody ever set it'),
    changedAt: z.iso.datetime().nullable(),
    etag: z.string().describe('For If-Match'),
  })
  .meta({ id: 'Option' });

/** An option as the interface answers it. */
export type OptionBody = z.input<typeof optionSchema>;

const list = { description: 'Every option', schema: listOf(optionSchema) };

/** Operations of `/options`. */
export function optionRoutes(db: Knex, directory: AccountDirectory): Route[] {
  const all = async () => ({ status: 200 as const, body: { items: (await listOptions(db)).map(toBody), next: null } });
  return [
    defineRoute({
      method: 'get',
      path: '/options',
      summary: 'Options of the installation',
      tags: ['Options'],
      roles: ['admin'],
      responses: { 200: list },
      handler: all,
    }),
    defineRoute({
      method: 'put',
      path: '/options/:name',
      summary: 'Set an option; running work keeps what it was registered with',
      tags: ['Options'],
      roles: ['admin'],
      conditional: true,
      params: z.object({ name: z.string().max(100) }),
      body: jsonBody(
        z.object({ value: z.union([z.string(), z.number(), z.boolean(), z.null()]) }).meta({ id: 'OptionValue' }),
      ),
      responses: { 200: list },
      toConfirm: async ({ params: { name }, body: { value }, user }) => {
        const before =
          guarding.some((each) => each === name) && (await listOptions(db)).find((each) => each.name === name);
        if (before === undefined || before === false) return null;
        await rehearse(db, (trx) => setOption(trx, user.id, name, value));
        const [from, to] = [before.value, value].map((each) => (each == null ? 'none' : JSON.stringify(each)));
        return { what: `Set the option ${name} to ${to} instead of ${from}.`, etag: tagOf(before) };
      },
      errors: ['not-found', 'stale', 'second-administrator'],
      handler: async ({ params, body, user, ifMatch }) => {
        if (params.name === 'second-administrator' && body.value !== null) await assertSecondAdministrator(directory);
        await db.transaction((trx) =>
          setOption(trx, user.id, params.name, body.value, (before) => {
            assertMatch(ifMatch, tagOf(before));
          }),
        );
        return all();
      },
    }),
  ];
}

function toBody(option: OptionValue) {
  return { ...option, changedAt: option.changedAt?.toISOString() ?? null, etag: tagOf(option) };
}

/** What was set, by whom and when: also the same value set anew is another state. */
function tagOf({ value, changedBy, changedAt }: OptionValue): string {
  return etagOfContent({ value, changedBy, changedAt });
}
