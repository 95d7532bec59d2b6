import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { chosenId } from '../../web/chosen-id.js';
import { assertMatch, etagOfContent } from '../../web/etag.js';
import { listOf, listPage, listQuery, namePart } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { formatNumber, largestNumber } from './number-format.js';
import { addNumberRange, changeNumberRange } from './number-range-service.js';
import { getNumberRange, listNumberRanges, type NumberRange } from './number-range-store.js';

const tags = ['Number ranges'];
const roles = ['admin'] as const;
const params = z.object({ id: z.string().max(100) });
/** What bar codes, file names and people who spell a number over the telephone can take. */
const affix = z
  .string()
  .regex(/^[A-Za-z0-9./-]*$/, 'must have letters, digits, full stops, slashes and hyphens only')
  .max(16);

const content = {
  name: z.string().trim().min(1).max(100),
  prefix: affix,
  digits: z.int().min(1).max(15),
  suffix: affix,
  nextNumber: z.int().min(1).describe('Given out next; it only grows'),
};
const contentSchema = z.object(content).meta({ id: 'NumberRangeContent' });
const newSchema = z.object({ id: chosenId, ...content }).meta({ id: 'NewNumberRange' });
const rangeSchema = z
  .object({
    id: z.string(),
    ...content,
    next: z.string().nullable().describe('The next number as it is printed; null when none is left'),
    left: z.int().describe('How many numbers are left'),
  })
  .meta({ id: 'NumberRange' });

/** A number range as the interface answers it. */
export type NumberRangeBody = z.input<typeof rangeSchema>;

const one = { description: 'The number range', schema: rangeSchema, headers: { ETag: 'For If-Match' } };

/** Operations of `/number-ranges`. */
export function numberRangeRoutes(db: Knex): Route[] {
  const answer = async (rangeId: string) => {
    const range = await getNumberRange(db, rangeId);
    return { headers: { ETag: etagOfContent(range) }, body: toBody(range) };
  };
  return [
    defineRoute({
      method: 'get',
      path: '/number-ranges',
      summary: 'List the series of card numbers',
      tags,
      roles,
      query: listQuery(z.string(), { q: namePart }),
      responses: { 200: { description: 'A page of number ranges', schema: listOf(rangeSchema) } },
      handler: async ({ query: { limit, cursor, q } }) => {
        const rows = await listNumberRanges(db, limit + 1, cursor, q);
        return { status: 200, body: listPage(rows, limit, toBody, (range) => range.id) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/number-ranges',
      summary: 'Add a number range',
      tags,
      roles,
      body: jsonBody(newSchema),
      responses: {
        201: { ...one, description: 'Added', headers: { ...one.headers, Location: 'Address of the range' } },
      },
      errors: ['exists-already', 'number-range-conflict'],
      handler: async ({ body, user }) => {
        await db.transaction((trx) => addNumberRange(trx, user.id, body));
        const { headers, body: range } = await answer(body.id);
        return { status: 201, headers: { ...headers, Location: `/api/v1/number-ranges/${body.id}` }, body: range };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/number-ranges/:id',
      summary: 'One number range',
      tags,
      roles,
      params,
      responses: { 200: one },
      errors: ['not-found'],
      handler: async ({ params: { id: rangeId } }) => ({ status: 200, ...(await answer(rangeId)) }),
    }),
    defineRoute({
      method: 'put',
      path: '/number-ranges/:id',
      summary: 'Change a number range; no number that a card has can come again',
      tags,
      roles,
      conditional: true,
      params,
      body: jsonBody(contentSchema),
      responses: { 200: one },
      errors: ['not-found', 'stale', 'number-range-conflict'],
      handler: async ({ params: { id: rangeId }, body, user, ifMatch }) => {
        await db.transaction((trx) =>
          changeNumberRange(trx, user.id, { id: rangeId, ...body }, (before) => {
            assertMatch(ifMatch, etagOfContent(before));
          }),
        );
        return { status: 200, ...(await answer(rangeId)) };
      },
    }),
  ];
}

function toBody(range: NumberRange): NumberRangeBody {
  const left = largestNumber(range) - range.nextNumber + 1;
  return { ...range, next: left > 0 ? formatNumber(range, range.nextNumber) : null, left };
}
