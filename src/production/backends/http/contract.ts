import { z } from 'zod';

/**
 * The messages of `print-bureau.openapi.yaml`, as both sides of it check them. The names are those of the file's schemas;
 * a test holds the two against each other. Members that are not known here are ignored, so that a bureau may report more.
 */

/** Name of an order: card id and production number. */
const key = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[1-9][0-9]{0,8}$/);

/** Most cards of one call, keys of one question and results of one message. */
export const longestList = 500;

export const order = z.object({
  key,
  cardId: z.string(),
  number: z.int().min(1),
  inBatch: z.boolean().optional(),
  cardType: z.string(),
  layout: z.object({ name: z.string(), version: z.int().min(1) }),
  elements: z.object({
    name: z.string(),
    givenName: z.string(),
    familyName: z.string(),
    employeeNumber: z.string(),
    department: z.string(),
    cardTypeName: z.string(),
    cardNumber: z.string(),
    validUntil: z.string().nullable(),
  }),
  photo: z.object({ contentType: z.string(), data: z.string() }).nullable(),
  readOuts: z.array(z.enum(['chipUid'])),
  delivery: z.object({ method: z.enum(['collect', 'post', 'courier']), address: z.string().nullable() }),
  encrypted: z.string().nullable(),
});
export type Order = z.infer<typeof order>;

/** What the encrypted field of an order holds; sealed with the bureau's key, never seen by anything in between. */
export const sealedSecrets = z.object({
  pin: z.string().regex(/^[0-9]{4,12}$/),
  puk: z.string().regex(/^[0-9]{4,12}$/),
});

const wrongField = z.object({ field: z.string(), code: z.string(), message: z.string() });
export type WrongField = z.infer<typeof wrongField>;

export const problem = z.object({
  title: z.string().optional(),
  status: z.int().optional(),
  detail: z.string(),
  code: z.string(),
  fields: z.array(wrongField).optional(),
});
export type Problem = z.infer<typeof problem>;

export const acceptedOrder = z.object({ key, orderId: z.string().min(1) });

export const orderBatch = z.object({ orders: z.array(order).min(1).max(longestList) });

export const batchAnswer = z.object({
  answers: z.array(
    z.discriminatedUnion('outcome', [
      acceptedOrder.extend({ outcome: z.literal('accepted') }),
      z.object({
        key,
        outcome: z.literal('refused'),
        code: z.string(),
        detail: z.string(),
        fields: z.array(wrongField).optional(),
      }),
    ]),
  ),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;

const evidence = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const accepted = acceptedOrder.extend({ state: z.literal('accepted'), message: z.string().nullable() });
const produced = acceptedOrder.extend({ state: z.literal('produced'), evidence });
const failed = acceptedOrder.extend({ state: z.literal('failed'), code: z.string(), reason: z.string() });
const cancelled = acceptedOrder.extend({ state: z.literal('cancelled'), reason: z.string().nullable() });

export const orderState = z.discriminatedUnion('state', [accepted, produced, failed, cancelled]);
export type OrderState = z.infer<typeof orderState>;

export const orderQuery = z.object({ keys: z.array(key).min(1).max(longestList) });

const notKnown = z.object({ key, state: z.literal('not-known') });

export const orderStates = z.object({
  orders: z.array(z.discriminatedUnion('state', [accepted, produced, failed, cancelled, notKnown])),
});
export type OrderStates = z.infer<typeof orderStates>;

export const bureauStatus = z.object({
  condition: z.enum(['ready', 'paused']),
  message: z.string().nullable(),
  queued: z.int().min(0),
  supplies: z.record(z.string(), z.string()),
});
export type BureauStatus = z.infer<typeof bureauStatus>;

export const result = z.object({ eventId: z.string().min(1).max(200), occurredAt: z.string(), order: orderState });
export type Result = z.infer<typeof result>;

export const resultList = z.object({
  eventId: z.string().min(1).max(200),
  results: z.array(result).min(1).max(longestList),
});
export type ResultList = z.infer<typeof resultList>;

export const resultPage = z.object({ results: z.array(result), next: z.string() });
export type ResultPage = z.infer<typeof resultPage>;

export const letter = z.object({ key: z.string().min(1).max(200), letter: z.string() });

export const acceptedLetter = z.object({ key: z.string(), letterId: z.string() });

/** Codes by which both sides agree on what to do next; all others are for people. */
export const problemCodes = {
  orderUnknown: 'order-unknown',
  mismatch: 'idempotency-mismatch',
  refused: 'refused',
} as const;
