import { z } from 'zod';
import type { Knex } from '../kernel/db/database.js';
import { rowStateOf, wireRowStates } from '../domain/batch-row-words.js';
import { batchKinds, batchStates } from '../domain/batch-states.js';
import { listOf, listPage, listQuery } from '../web/list.js';
import { defineRoute, jsonBody, type Route } from '../web/route.js';
import { assertWorksOn, batchReaders, getVisible, visibleTo } from './batch-access.js';
import { cancelBatch, completeBatch } from './batch-closing.js';
import { batchCsv } from './batch-csv.js';
import { getBatch, listBatches, listRows } from '../batch-rows/index.js';
import {
  batchBody,
  batchDecisionSchema,
  batchSchema,
  cancelSchema,
  newBatchSchema,
  repeatSchema,
  rowBody,
  rowSchema,
} from './batch-schemas.js';
import { orderBatch, repeatBatch } from './batch-service.js';
import { decideBatch, requestBatch } from './requesting/request-batch-service.js';
import type { RequestTasks } from '../requests/request-tasks.js';

const tags = ['Batch orders'];
const roles = ['producer'] as const;
/** Each of their own kind of batch orders. */
const orderers = ['producer', 'operator'] as const;
/** Administrators look at batch orders; what becomes of them is not theirs to decide. */
const readers = batchReaders;
const params = z.object({ id: z.uuid() });
const position = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });
const rowFilter = { state: z.enum(wireRowStates).transform(rowStateOf).optional() };
/** Twenty thousand ids and what is around them. */
const limitBytes = 1_000_000;
const current = { description: 'The current batch order', schema: batchSchema };

/** Operations of `/batch-orders`. */
export function batchRoutes(db: Knex, requestTasks: RequestTasks): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/batch-orders',
      summary: 'Order or request many cards together',
      description:
        'What cannot be ordered or requested is skipped and named in the rows; the others continue. `issue` is for production operators, ' +
        '`request` for operators: it goes by the variant of Request card. The batch order ends by itself when nothing is left to do or to decide.',
      tags,
      roles: orderers,
      idempotent: true,
      body: jsonBody(newBatchSchema, limitBytes),
      responses: {
        202: { description: 'Being ordered', schema: batchSchema, headers: { Location: 'Address of the batch order' } },
      },
      errors: [
        'use-case-disabled',
        'variant-unknown',
        'batch-empty',
        'batch-too-large',
        'card-type-unknown',
        'idempotency-mismatch',
      ],
      handler: async ({ body, user, idempotencyKey }) => {
        assertWorksOn(user, body.kind);
        const by = { label: body.label, owner: user.id, idempotencyKey };
        const id = await db.transaction((trx) =>
          body.kind === 'issue'
            ? orderBatch(trx, { ...by, cards: body.cardIds ?? body.filter ?? {} })
            : requestBatch(trx, { ...by, cardType: body.cardType, holders: body.holders ?? body.filter ?? {} }),
        );
        return {
          status: 202,
          body: batchBody(await getBatch(db, id)),
          headers: { Location: `/api/v1/batch-orders/${id}` },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/batch-orders',
      summary: 'List batch orders, newest first',
      tags,
      roles: readers,
      query: listQuery(position, {
        kind: z.enum(batchKinds).optional(),
        state: z.enum(batchStates).optional().describe('Without it, all but drafts'),
        number: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('What people call it'),
      }),
      responses: { 200: { description: 'A page of batch orders', schema: listOf(batchSchema) } },
      handler: async ({ query: { limit, cursor, state, number, kind }, user }) => {
        const visible = visibleTo(user);
        const kinds = visible.kinds.filter((each) => kind === undefined || each === kind);
        const rows = await listBatches(
          db,
          { ...visible, kinds, states: state === undefined ? undefined : [state], number },
          limit + 1,
          cursor,
        );
        return {
          status: 200,
          body: listPage(
            rows,
            limit,
            (row) => batchBody(row.details),
            (row) => row.position,
          ),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/batch-orders/:id',
      summary: 'One batch order: its state and counts',
      tags,
      roles: readers,
      params,
      responses: { 200: current },
      errors: ['not-found'],
      handler: async ({ params: { id }, user }) => ({ status: 200, body: batchBody(await getVisible(db, user, id)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/batch-orders/:id/rows',
      summary: 'What became of each card, or of each card holder',
      tags,
      roles: readers,
      params,
      query: listQuery(z.int().min(1), rowFilter),
      responses: { 200: { description: 'A page of rows, in the order of the list', schema: listOf(rowSchema) } },
      errors: ['not-found'],
      handler: async ({ params: { id }, query: { limit, cursor, state }, user }) => {
        await getVisible(db, user, id);
        const rows = await listRows(db, id, { state, after: cursor, limit: limit + 1 });
        return {
          status: 200,
          body: listPage(rows, limit, rowBody, (row) => row.ordinal),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/batch-orders/:id/rows.csv',
      summary: 'What became of each card, as CSV',
      description: 'What a spreadsheet would take for a formula begins with an apostrophe.',
      tags,
      roles: readers,
      params,
      query: z.object(rowFilter),
      responses: {
        200: {
          description: 'Every row',
          contentType: 'text/csv',
          headers: { 'Content-Disposition': 'A name for the file' },
        },
      },
      errors: ['not-found'],
      handler: async ({ params: { id }, query: { state }, user }) => {
        const { number } = await getVisible(db, user, id);
        const headers = {
          'Content-Disposition': `attachment; filename="batch-order-${number}.csv"`,
          'Cache-Control': 'private, no-store',
        };
        return { status: 200, body: batchCsv(db, id, state), headers };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/batch-orders/:id/complete',
      summary: 'Complete a batch order with failed cards: they stay as they are',
      tags,
      roles,
      params,
      responses: { 200: current },
      errors: ['batch-state', 'not-found'],
      handler: async ({ params: { id }, user }) => {
        await db.transaction((trx) => completeBatch(trx, { batchId: id, by: user.id, runningIn: null }));
        return { status: 200, body: batchBody(await getBatch(db, id)) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/batch-orders/:id/repeat',
      summary: 'Produce failed and badly printed cards again, in a round of their own',
      tags,
      roles,
      params,
      body: jsonBody(repeatSchema, limitBytes),
      responses: { 202: { ...current, description: 'Being ordered' } },
      errors: ['use-case-disabled', 'batch-state', 'batch-empty', 'not-produced', 'transition-refused', 'not-found'],
      handler: async ({ params: { id }, body: { cardIds, spoilt }, user }) => {
        await db.transaction((trx) => repeatBatch(trx, { batchId: id, by: user.id, only: cardIds, spoilt }));
        return { status: 202, body: batchBody(await getBatch(db, id)) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/batch-orders/:id/cancel',
      summary: 'Withdraw what is not at a backend yet, in the review the failed cards, or requests that wait',
      description:
        'Cards that were not ordered yet stay approved; ordered and failed ones are cancelled for good. Orders at a backend continue. ' +
        'Requests that wait for a decision are aborted; only their requester can do that.',
      tags,
      roles: orderers,
      params,
      body: jsonBody(cancelSchema),
      responses: { 200: current },
      errors: ['batch-state', 'not-own-request', 'not-found'],
      handler: async ({ params: { id }, body: { reason }, user }) => {
        assertWorksOn(user, (await getVisible(db, user, id)).kind);
        await db.transaction((trx) => cancelBatch(trx, { batchId: id, by: user.id, runningIn: null, reason }));
        return { status: 200, body: batchBody(await getBatch(db, id)) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/batch-orders/:id/decide',
      summary: 'Approve all requests of a batch order but the exceptions, or reject all',
      description:
        'Requests that the approver may not decide, or that have changed since they were shown, keep waiting.',
      tags,
      roles: ['approver'],
      params,
      body: jsonBody(batchDecisionSchema, limitBytes),
      responses: {
        200: current,
        202: {
          ...current,
          description: 'Taken; the decisions are being recorded, or some requests wait for another approver',
        },
      },
      errors: [
        'self-approval',
        'reason-missing',
        'already-decided',
        'not-requested',
        'request-outdated',
        'holder-inactive',
        'not-found',
      ],
      handler: async ({ params: { id }, body: { decision, reason = null, exceptions }, user }) => {
        const decided = await decideBatch(db, requestTasks, user.id, id, { decision, reason, exceptions });
        return { status: decided ? 200 : 202, body: batchBody(await getBatch(db, id)) };
      },
    }),
  ];
}
