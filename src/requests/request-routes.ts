import { z } from 'zod';
import type { Knex } from '../kernel/db/database.js';
import { requestStates } from '../domain/request-states.js';
import { ProductError } from '../kernel/errors.js';
import { resolveHolder } from '../directory/index.js';
import { listOf, listPage, listQuery } from '../web/list.js';
import { defineRoute, jsonBody, type Route } from '../web/route.js';
import type { SignedInUser } from '../web/signed-in-user.js';
import { listRequests } from './request-reading.js';
import {
  abortSchema,
  acceptedSchema,
  decisionSchema,
  newRequestSchema,
  postponeSchema,
  requestSchema,
  storySchema,
} from './request-schemas.js';
import type { RequestService } from './request-service.js';

const tags = ['Card requests'];
const params = z.object({ id: z.uuid() });
const position = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });
const story = { description: 'The current request', schema: storySchema };

/** Roles that see everybody's requests; an operator who has none of them sees their own. */
const seeAll = ['approver', 'producer', 'admin'] as const;

/** Operations of `/card-requests`. */
export function requestRoutes(db: Knex, requests: RequestService): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/card-requests',
      summary: 'Request a card',
      description: 'Reserves the request; it is registered in its process variant within moments.',
      tags,
      roles: ['operator'],
      idempotent: true,
      body: jsonBody(newRequestSchema),
      responses: {
        202: { description: 'Reserved', schema: acceptedSchema, headers: { Location: 'Address of the request' } },
      },
      errors: [
        'use-case-disabled',
        'holder-unknown',
        'holder-ambiguous',
        'holder-inactive',
        'card-type-unknown',
        'photo-missing',
        'open-request-exists',
        'idempotency-mismatch',
      ],
      handler: async ({ body, user, idempotencyKey }) => {
        const { id } = await requests.reserve({ ...body, requester: user.id, idempotencyKey });
        return { status: 202, body: { id }, headers: { Location: `/api/v1/card-requests/${id}` } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/card-requests',
      summary: 'List card requests, newest first',
      tags,
      roles: ['operator', ...seeAll],
      query: listQuery(position, {
        state: z.enum(requestStates).optional(),
        holder: z.string().min(1).max(320).optional().describe('Id, employee number, UPN or e-mail'),
        requester: z.string().min(1).max(100).optional().describe('Account'),
        cardType: z.string().min(1).max(100).optional().describe('Id of the card type'),
        q: z
          .string()
          .min(1)
          .max(320)
          .optional()
          .describe('Words that the card holder is found by: names, employee number, UPN or e-mail'),
      }),
      responses: { 200: { description: 'A page of requests', schema: listOf(requestSchema) } },
      errors: ['holder-unknown', 'holder-ambiguous'],
      handler: async ({ query, user }) => {
        const requester = seesAll(user) ? query.requester : user.id;
        const rows = await listRequests(
          db,
          {
            states: query.state && [query.state],
            requester,
            cardType: query.cardType,
            search: query.q,
            holderId: query.holder && (await resolveHolder(db, query.holder)).id,
          },
          query.limit + 1,
          query.cursor,
        );
        return {
          status: 200,
          body: listPage(
            rows,
            query.limit,
            (row) => row.details,
            (row) => row.position,
          ),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/card-requests/:id',
      summary: 'One card request and what happened to it',
      tags,
      roles: ['operator', ...seeAll],
      params,
      responses: { 200: story },
      errors: ['not-found'],
      handler: async ({ params: { id }, user }) => {
        const body = await requests.story(id);
        if (!seesAll(user) && body.requester !== user.id)
          throw new ProductError('not-found', 'There is no such request.');
        return { status: 200, body };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/card-requests/:id/decision',
      summary: 'Approve or reject',
      tags,
      roles: ['approver'],
      params,
      body: jsonBody(decisionSchema),
      responses: {
        200: story,
        202: { ...story, description: 'Taken; the decision is being recorded, or others have to approve too' },
      },
      errors: [
        'self-approval',
        'approved-already',
        'reason-missing',
        'already-decided',
        'not-requested',
        'decided-together',
        'holder-inactive',
        'not-found',
      ],
      handler: async ({ params: { id }, body, user }) => {
        const answer = await requests.decide(user.id, id, body.decision, body.reason ?? null);
        return { status: answer.recorded ? 200 : 202, body: answer.story };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/card-requests/:id/postpone',
      summary: 'Hide the approval until a date',
      tags,
      roles: ['approver'],
      params,
      body: jsonBody(postponeSchema),
      responses: { 200: story },
      errors: ['already-decided', 'not-requested', 'decided-together', 'not-found'],
      handler: async ({ params: { id }, body, user }) => {
        return { status: 200, body: await requests.postpone(user.id, id, new Date(body.until)) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/card-requests/:id/abort',
      summary: 'Withdraw an own request that waits for its decision or its registration',
      description:
        'Administrators end requests of others as well, as long as they are not registered, which may never succeed, or are stuck.',
      tags,
      roles: ['operator', 'admin'],
      params,
      body: jsonBody(abortSchema),
      responses: { 200: story },
      errors: ['not-own-request', 'not-requested', 'not-found'],
      handler: async ({ params: { id }, body, user }) => {
        const aborted = await requests.abort(user.id, id, body.reason ?? null, user.roles.has('admin'));
        return { status: 200, body: aborted };
      },
    }),
  ];
}

function seesAll(user: SignedInUser): boolean {
  return seeAll.some((role) => user.roles.has(role));
}
