import { readBatchForm } from '../../src/batches/batch-form.js';
import { prepareDraft } from '../../src/batches/batch-draft.js';
import { batchView } from '../../src/batches/batch-process.js';
import { listCardTypes } from '../../src/card-types/card-type-store.js';
import type { Knex } from '../../src/db/database.js';
import type { BatchView, topics } from '../../src/process/contract/index.js';
import { formNotice } from '../../src/process/form-text.js';
import { done, type Handler } from '../runtime/index.js';
import { actorOf, type Actors } from './actor.js';

/** Puts the draft of a batch order together, or anew with another filter; see `prepareDraft`. */
export function prepareBatchHandler(db: Knex, history: Actors): Handler<(typeof topics)['prepare-batch']> {
  return async ({ variables, processInstanceId, processDefinitionId }) => {
    const owner = await actorOf(history, processInstanceId, null);
    const madeIn = { processInstanceId, definitionId: processDefinitionId };
    const { id } = await db.transaction((trx) => prepareDraft(trx, { owner, madeIn, ...readBatchForm(variables) }));
    const [batch, types] = await Promise.all([batchView(db, id, 'chosen'), listCardTypes(db)]);
    return done({
      batchId: id,
      round: 0,
      batch,
      exceptionOptions: batch.rows.map(({ card, holder, employeeNumber }) => ({ value: card, label: `${holder} · ${employeeNumber}` })),
      cardTypeOptions: types.map((type) => ({ value: type.id, label: type.name })),
      notice: formNotice(variables.refusal, noticeOf(batch)),
      refusal: null,
    });
  };
}

function noticeOf({ number, chosen, rows }: BatchView): string {
  if (chosen === 0) return 'No approved card matches. Choose again.';
  const cards = chosen === 1 ? 'One approved card is' : `${chosen} approved cards are`;
  const listed = rows.length < chosen ? ` The first ${rows.length} are listed.` : '';
  return `${cards} chosen for batch order ${number}.${listed}`;
}
