import { z } from 'zod';
import { batchKinds, batchRowStates, batchStates } from '../domain/batch-states.js';
import { longestLabel } from './batch-form.js';
import { largestBatch } from './batch-types.js';

const time = z.iso.datetime();
const cardIds = (most: number) => z.array(z.uuid()).min(1).max(most);
const count = (text: string) => z.int().min(0).describe(text);

const filterSchema = z
  .object({
    cardType: z.string().min(1).max(100).optional(),
    department: z.string().min(1).max(200).optional().describe('Of the card holders, in full; upper and lower case are the same'),
    approvedBefore: z.iso.datetime({ offset: true }).optional().describe('Only cards whose request was approved before this moment'),
    search: z.string().min(1).max(320).optional().describe('Words that the card holders are found by: names, employee number, UPN or e-mail'),
    except: z.array(z.uuid()).max(largestBatch).readonly().optional().describe('Cards that are left out'),
  })
  .meta({ id: 'BatchFilter' });

const label = z.string().trim().max(longestLabel).default('').describe('What people call it');

/** Exactly one of `cardIds` and `filter`. */
export const newBatchSchema = z
  .object({
    kind: z.literal('issue'),
    label,
    cardIds: cardIds(largestBatch).optional().describe('Approved cards; one that cannot be ordered is skipped and named'),
    filter: filterSchema.optional().describe('Instead of `cardIds`; an empty one means all approved cards'),
  })
  .refine((body) => (body.cardIds === undefined) !== (body.filter === undefined), { path: ['cardIds'], message: 'or filter is needed, not both' })
  .meta({ id: 'NewBatchOrder' });

export const repeatSchema = z
  .object({
    cardIds: cardIds(largestBatch).optional().describe('Failed cards that alone are repeated; all of them unless told'),
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
    state: z.enum(batchRowStates).describe('`skipped`: not ordered, and nothing was changed about the card'),
    cardId: z.uuid().nullable(),
    cardNumber: z.string().nullable(),
    holder: z.object({ id: z.uuid(), employeeNumber: z.string(), name: z.string() }).nullable(),
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
    filter: filterSchema.nullable().describe('Null where the cards were named one by one'),
    counts: z.object({
      chosen: count('All rows'),
      skipped: count('Could not be ordered, or were left out'),
      ordered: count('Got into production; what is neither produced, failed nor cancelled of these is under way'),
      produced: count('Cards made'),
      failed: count('Failed, and not repeated since'),
      cancelled: count('Withdrawn for good'),
    }),
    firstFailure: rowSchema.nullable(),
    secondsLeft: z.int().nullable().describe('Until the round ends, as fast as it has gone so far'),
    createdAt: time,
    roundBeganAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'BatchOrder' });

export type BatchOrderBody = z.input<typeof batchSchema>;
