import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { moment } from '../../web/moment.js';
import { defineRoute, type Route } from '../../web/route.js';
import {
  countThings,
  legs,
  periods,
  readDurations,
  readFailures,
  readOpenApprovals,
  readWaiting,
  type Leg,
  type Span,
} from './insight-reading.js';

const tags = ['Insight'];
const roles = ['admin'] as const;
const dayMs = 86_400_000;
const mostDays = 366;

const span = {
  from: moment.optional().describe('From this moment on; by default 30 days before `to`'),
  to: moment.optional().describe('Before this moment; by default now'),
};
const perPeriod = {
  ...span,
  per: z
    .enum(periods)
    .default('day')
    .describe('Days and weeks of the time zone of the installation; weeks begin on Monday'),
};
const seconds = z.number().describe('Seconds');
const at = z.iso.datetime();

const counted = z.array(
  z.object({
    period: z.iso.date().describe('First day'),
    cardType: z.string(),
    state: z.string().describe('The current state'),
    count: z.int(),
  }),
);
const countsSchema = z.object({ requests: counted, cards: counted }).meta({ id: 'InsightCounts' });
export type InsightCountsBody = z.input<typeof countsSchema>;
const durationsSchema = z
  .object({
    items: z.array(
      z.object({
        period: z.iso.date().describe('First day of the period in which it ended'),
        leg: z.enum(Object.keys(legs) as [Leg, ...Leg[]]).describe(
          Object.entries(legs)
            .map(([leg, text]) => `\`${leg}\`: ${text}`)
            .join('\n\n'),
        ),
        count: z.int(),
        p50: seconds,
        p90: seconds,
      }),
    ),
  })
  .meta({ id: 'InsightDurations' });
export type InsightDurationsBody = z.input<typeof durationsSchema>;
const approvalsSchema = z
  .object({
    classes: z.array(z.object({ fromHours: z.int(), toHours: z.int().nullable(), count: z.int() })),
    oldestAt: at.nullable(),
  })
  .meta({ id: 'InsightOpenApprovals' });
export type InsightOpenApprovalsBody = z.input<typeof approvalsSchema>;
const waitingSchema = z
  .object({ items: z.array(z.object({ state: z.string(), count: z.int(), oldestAt: at, p50: seconds, p90: seconds })) })
  .meta({ id: 'InsightWaiting' });
export type InsightWaitingBody = z.input<typeof waitingSchema>;
const failuresSchema = z
  .object({
    items: z.array(z.object({ backend: z.string(), code: z.string().nullable(), count: z.int(), lastAt: at })),
  })
  .meta({ id: 'InsightFailures' });
export type InsightFailuresBody = z.input<typeof failuresSchema>;

/** Operations of `/insight`: figures over many requests and cards. */
export function insightRoutes(db: Knex): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/insight/counts',
      summary: 'How many requests and cards came to be, by period, card type and state',
      tags,
      roles,
      query: z.object(perPeriod),
      responses: { 200: { description: 'Only what occurs', schema: countsSchema } },
      handler: async ({ query }) => {
        const within = spanOf(query);
        const [requests, cards] = await Promise.all([
          countThings(db, 'card_request', query.per, within),
          countThings(db, 'card', query.per, within),
        ]);
        return { status: 200, body: { requests, cards } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/insight/durations',
      summary: 'How long it takes from request to approval, order and card',
      tags,
      roles,
      query: z.object(perPeriod),
      responses: { 200: { description: 'Half of them and nine of ten', schema: durationsSchema } },
      handler: async ({ query }) => ({
        status: 200,
        body: { items: await readDurations(db, query.per, spanOf(query)) },
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/insight/open-approvals',
      summary: 'Requests that wait for a decision, by age',
      tags,
      roles,
      responses: { 200: { description: 'From the youngest to the oldest', schema: approvalsSchema } },
      handler: async () => ({ status: 200, body: await readOpenApprovals(db) }),
    }),
    defineRoute({
      method: 'get',
      path: '/insight/waiting',
      summary: 'Where cards wait now, and how long they have',
      tags,
      roles,
      responses: { 200: { description: 'By state', schema: waitingSchema } },
      handler: async () => {
        const items = await readWaiting(db);
        return {
          status: 200,
          body: { items: items.map((item) => ({ ...item, oldestAt: item.oldestAt.toISOString() })) },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/insight/failures',
      summary: 'Why cards were not made, the most frequent cause first',
      tags,
      roles,
      query: z.object(span),
      responses: { 200: { description: 'Up to 100 causes', schema: failuresSchema } },
      handler: async ({ query }) => {
        const items = await readFailures(db, spanOf(query));
        return { status: 200, body: { items: items.map((item) => ({ ...item, lastAt: item.lastAt.toISOString() })) } };
      },
    }),
  ];
}

/** @throws ProductError `invalid-request` for a span that ends before it begins, or is longer than a year */
function spanOf({ from, to = new Date() }: { readonly from?: Date | undefined; readonly to?: Date | undefined }): Span {
  const span = { from: from ?? new Date(to.getTime() - 30 * dayMs), to };
  const days = (span.to.getTime() - span.from.getTime()) / dayMs;
  if (days < 0 || days > mostDays)
    throw new ProductError(
      'invalid-request',
      `Ask for a span of at most ${mostDays} days, from its beginning to its end.`,
    );
  return span;
}
