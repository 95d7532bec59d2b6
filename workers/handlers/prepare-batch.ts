import { choosingForm, prepareDraft, readBatchForm } from '../../src/batches/index.js';
import { listCardTypes } from '../../src/directory/index.js';
import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { done, type Handler } from '../runtime/index.js';
import { actorOf, type Actors } from './actor.js';

/** Puts the draft of a batch order together, or anew with another filter; see `prepareDraft`. */
export function prepareBatchHandler(db: Knex, history: Actors): Handler<(typeof topics)['prepare-batch']> {
  return async ({ variables, processInstanceId, processDefinitionId }) => {
    const owner = await actorOf(history, processInstanceId, null);
    const madeIn = { processInstanceId, definitionId: processDefinitionId };
    const keep = variables.refusal !== null;
    const { id } = await db.transaction((trx) =>
      prepareDraft(trx, { owner, madeIn, keep, ...readBatchForm(variables) }),
    );
    const [form, types] = await Promise.all([choosingForm(db, id, variables.refusal), listCardTypes(db)]);
    return done({
      batchId: id,
      round: 0,
      ...form,
      cardTypeOptions: types.map((type) => ({ value: type.id, label: type.name })),
      refusal: null,
    });
  };
}
