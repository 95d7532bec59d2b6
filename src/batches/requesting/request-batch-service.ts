import type { Knex, Transaction } from '../../kernel/db/database.js';
import { once } from '../../kernel/db/idempotency.js';
import { ProductError } from '../../kernel/errors.js';
import type { RequestTasks } from '../../requests/request-tasks.js';
import { readHead, startRequestProcess } from '../../batch-rows/index.js';
import type { BatchDecision } from '../../batch-rows/batch-types.js';
import { assertMayDecide, assertWaits } from './deciding.js';
import { beginRegistering, nobodyLeft } from './registering.js';
import { draftRequests, type HolderChoice } from './request-draft.js';

/** How long a decision waits for the worker to record it before the answer says "accepted" (ms). */
const recordedWithinMs = 3_000;
const lookEveryMs = 50;

/** A batch of requests as a program asks for it. */
export interface RequestedBatch {
  readonly label: string;
  readonly cardType: string;
  readonly holders: HolderChoice;
  readonly owner: string;
  readonly idempotencyKey: string | null;
}

/**
 * Makes a batch order that requests cards, and pins how; a process of its own registers the requests and waits for their decision.
 * @returns its id
 * @throws ProductError `use-case-disabled`, `variant-unknown`, `batch-empty`, `batch-too-large`, `card-type-unknown`, `idempotency-mismatch`
 */
export async function requestBatch(
  trx: Transaction,
  { label, cardType, holders, owner, idempotencyKey }: RequestedBatch,
): Promise<string> {
  const { id } = await once(
    trx,
    { account: owner, key: idempotencyKey, request: ['request-batch', label, cardType, holders] },
    async () => {
      const draft = await draftRequests(trx, { owner, label, cardType, madeIn: null }, holders);
      if (draft.chosen === 0) throw nobodyLeft();
      const variant = await beginRegistering(trx, draft.id, null);
      await startRequestProcess(trx, draft.id, variant, owner);
      return draft.id;
    },
  );
  return id;
}

/**
 * Decides on a batch of requests in the name of `user`, and waits a little for it to be recorded.
 * @returns whether nothing waits any more
 * @throws ProductError what `assertMayDecide` refuses, `forbidden`
 */
export async function decideBatch(
  db: Knex,
  tasks: RequestTasks,
  user: string,
  batchId: string,
  decision: BatchDecision,
): Promise<boolean> {
  const head = await readHead(db, batchId);
  if (head.kind !== 'request') throw new ProductError('not-found', 'There is no such batch of requests.');
  await assertMayDecide(db, user, batchId, decision);
  if (head.processInstanceId === null)
    throw new ProductError(
      'not-requested',
      'The process of the batch order is just being started again. Try again in a moment.',
    );
  await tasks.decideBatch(user, head.processInstanceId, decision, () => assertWaits(db, batchId));
  for (const deadline = Date.now() + recordedWithinMs; Date.now() < deadline;) {
    if ((await readHead(db, batchId)).state !== 'running') return true;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
}
