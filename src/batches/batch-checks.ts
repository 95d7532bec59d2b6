import type { Knex } from '../kernel/db/database.js';
import { rehearse } from '../kernel/db/rehearsal.js';
import { ProductError } from '../kernel/errors.js';
import { pass, textField, type DoorCheck, type DoorCheckContext } from '../web/door/door-checks.js';
import { batchDecisions, formActions } from '../process/contract/index.js';
import { cancelBatch, completeBatch } from './batch-closing.js';
import { readBatchForm } from './batch-form.js';
import { beginRound } from './batch-ordering.js';
import { judgeFilter } from './batch-selection.js';

/** The checks of forms about batch orders. They only refuse early and politely; worker and database check again. */
export function batchChecks(db: Knex): Record<'batch-filter' | 'order-batch' | 'review-batch', DoorCheck> {
  const assertFilter = ({ fields }: DoorCheckContext): Promise<void> => judgeFilter(db, readBatchForm(fields).filter);

  return {
    'batch-filter': async (context) => {
      await assertFilter(context);
      return pass;
    },

    'order-batch': async (context) => {
      const { fields, readVariable, user } = context;
      if (fields['action'] === formActions.cancel) return pass;
      if (fields['action'] === formActions.search) {
        await assertFilter(context);
        return pass;
      }
      const batchId = await batchOf(readVariable);
      const except = cardIdsIn(fields['exceptions']);
      await rehearse(db, (trx) => beginRound(trx, { batchId, afterRound: 0, orderedBy: user.id, except }));
      return pass;
    },

    'review-batch': async ({ fields, readVariable, user }) => {
      const batchId = await batchOf(readVariable);
      const decision = textField(fields, 'decision');
      const closing = { batchId, by: user.id, runningIn: null };
      if (decision === 'repeat') {
        const afterRound = Number(await readVariable('round'));
        await rehearse(db, (trx) => beginRound(trx, { batchId, afterRound, orderedBy: user.id }));
      } else if (decision === 'cancel') {
        await rehearse(db, (trx) => cancelBatch(trx, { ...closing, reason: textField(fields, 'reason') }));
      } else if (decision === 'complete') {
        await rehearse(db, (trx) => completeBatch(trx, closing));
      } else {
        throw new ProductError('invalid-request', `Choose one of repeat, ${batchDecisions.join(', ')}.`);
      }
      return pass;
    },
  };
}

/** The batch order that a task belongs to. @throws ProductError `not-found` */
export async function batchOf(readVariable: DoorCheckContext['readVariable']): Promise<string> {
  const batchId = await readVariable('batchId');
  if (typeof batchId !== 'string') throw new ProductError('not-found', 'This task belongs to no batch order.');
  return batchId;
}

/** Ids of cards in a list that a form or a process hands over; other values are left out. */
export function cardIdsIn(list: unknown): string[] {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  return Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string' && uuid.test(each)) : [];
}
