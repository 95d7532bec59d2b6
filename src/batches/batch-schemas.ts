import { z } from 'zod';
import { moment } from '../web/moment.js';
import { decisions } from '../domain/decisions.js';
import { byWireState, wireRowState, wireRowStates } from '../domain/batch-row-words.js';
import { batchKinds, batchStates } from '../domain/batch-states.js';
import { longestLabel } from './batch-form.js';
import { largestBatch } from '../batch-rows/index.js';
import type { BatchDetails, BatchRow } from '../batch-rows/batch-types.js';

const time = z.iso.datetime();
const cardIds = (most: number) => z.array(z.uuid()).min(1).max(most);
const count = (text: string) => z.int().min(0).describe(text);

const filterSchema = z
  .object({
    cardType: z.string().min(1).max(100).optional(),
    department: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Of the card holders, in full; upper and lower case are the same'),
    approvedBefore: moment
      .transform((at) => at.toISOString())
      .optional()
      .describe('Only cards whose request was approved before this moment'),
    search: z
      .string()
      .min(1)
      .max(320)
      .optional()
      .describe('Words that the card holders are found by: names, employee number, UPN or e-mail'),
    except: z.array(z.uuid()).max(largestBatch).readonly().optional().describe('Cards that are left out'),
  })
  .meta({ id: 'BatchFilter' });

const label = z.string().trim().max(longestLabel).default('').describe('What people call it');

const holderFilterSchema = z
  .object({
    department: filterSchema.shape.department,
    search: filterSchema.shape.search,
    except: z.array(z.uuid()).max(largestBatch).readonly().optional().describe('Card holders who are left out'),
  })
  .meta({ id: 'HolderFilter' });

/** Exactly one of `holders` and `filter`. */
const newRequestsSchema = z
  .object({
    kind: z.literal('request'),
    label,
    cardType: z.string().min(1).max(100).describe('Id of the card type that all are to get'),
    holders: z
      .array(z.string().trim().min(1).max(320))
      .min(1)
      .max(largestBatch)
      .optional()
      .describe('Ids, employee numbers, UPNs or e-mail addresses; a person who cannot get a card is skipped and named'),
    filter: holderFilterSchema.optional().describe('Instead of `holders`; an empty one means all active card holders'),
  })
  .refine((body) => (body.holders === undefined) !== (body.filter === undefined), {
    path: ['holders'],
    message: 'or filter is needed, not both',
  })
  .meta({ id: 'NewRequestBatch' });

/** Exactly one of `cardIds` and `filter`. */
const newIssueSchema = z
  .object({
    kind: z.literal('issue'),
    label,
    cardIds: cardIds(largestBatch)
      .optional()
      .describe('Approved cards; one that cannot be ordered is skipped and named'),
    filter: filterSchema.optional().describe('Instead of `cardIds`; an empty one means all approved cards'),
  })
  .refine((body) => (body.cardIds === undefined) !== (body.filter === undefined), {
    path: ['cardIds'],
    message: 'or filter is needed, not both',
  })
  .meta({ id: 'NewIssueBatch' });

export const newBatchSchema = z
  .discriminatedUnion('kind', [newIssueSchema, newRequestsSchema])
  .meta({ id: 'NewBatchOrder' });

export const batchDecisionSchema = z
  .object({
    decision: z.enum(decisions).describe('`approve`: all but the exceptions; `reject`: all'),
    reason: z.string().trim().max(1_000).nullish().describe('Needed to reject all; the requester reads it'),
    exceptions: z
      .array(
        z.object({
          row: z.int().min(1).max(largestBatch).describe('Place in the list'),
          reason: z.string().trim().min(1).max(1_000),
        }),
      )
      .max(largestBatch)
      .default([])
      .describe('Rows that are rejected although the others are approved'),
  })
  .meta({ id: 'NewBatchDecision' });

export const repeatSchema = z
  .object({
    cardIds: cardIds(largestBatch).optional().describe('Failed cards that alone are repeated; by default all of them'),
    spoilt: z
      .object({ cardIds: cardIds(1_000), reason: z.string().trim().min(1).max(1_000) })
      .optional()
      .describe('Badly printed cards of the batch order: declared spoilt, and repeated with the failed ones'),
  })
  .meta({ id: 'BatchRepeat' });

export const cancelSchema = z.object({ reason: z.string().trim().min(1).max(1_000) }).meta({ id: 'BatchCancellation' });

export const rowSchema = z
  .object({
    ordinal: z.int().min(1).describe('Place in the list'),
    state: z.enum(wireRowStates).describe('`skipped`: not ordered, and nothing was changed about the card'),
    requestId: z.uuid().nullable().describe('The request that the batch order has made'),
    cardId: z.uuid().nullable(),
    cardNumber: z.string().nullable(),
    holder: z.object({ id: z.uuid(), employeeNumber: z.string(), name: z.string(), department: z.string() }).nullable(),
    cardType: z.string().nullable(),
    namedAs: z.string().nullable().describe('What was asked for, where it names no card'),
    productionNumber: z.int().nullable(),
    code: z.string().nullable().describe('Why it was skipped, or what its production failed of'),
    reason: z.string().nullable(),
  })
  .meta({ id: 'BatchRow' });

export type BatchRowBody = z.input<typeof rowSchema>;

export const batchSchema = z
  .object({
    id: z.uuid(),
    number: z.int(),
    kind: z.enum(batchKinds),
    label: z.string(),
    owner: z.string(),
    state: z.enum(batchStates).describe('`reviewing`: the round has ended with failures; complete, repeat or cancel'),
    round: z.int().describe('Each repeat is a round of its own'),
    filter: filterSchema.nullable().describe('Null where cards or card holders were named one by one'),
    cardType: z
      .string()
      .nullable()
      .describe('Id of the card type that all are to get; null where each card has its own'),
    counts: z.object({
      chosen: count('All rows'),
      skipped: count('Could not be ordered, or were left out'),
      ordered: count(
        'Got into production, or were registered as requests; what is neither produced, failed nor cancelled of these is under way',
      ),
      produced: count('Cards made, or requests approved'),
      failed: count('Failed, and not repeated since; or requests rejected'),
      cancelled: count('Withdrawn for good, or requests aborted'),
    }),
    firstFailure: rowSchema.nullable(),
    secondsLeft: z.int().nullable().describe('Seconds left in this round at its average speed so far'),
    createdAt: time,
    roundBeganAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'BatchOrder' });

export type BatchOrderBody = z.input<typeof batchSchema>;

/** A row in the words of the API. */
export function rowBody(row: BatchRow): BatchRowBody {
  return { ...row, state: wireRowState(row.state) };
}

/** A batch order in the words of the API. */
export function batchBody({ counts, firstFailure, ...batch }: BatchDetails): BatchOrderBody {
  return {
    ...batch,
    counts: byWireState(counts),
    firstFailure: firstFailure === null ? null : rowBody(firstFailure),
  };
}
