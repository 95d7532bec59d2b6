import { choosingHoldersForm, prepareRequests, readRequestBatchForm } from '../../src/batches/index.js';
import { listCardTypes } from '../../src/directory/index.js';
import type { Knex } from '../../src/kernel/db/database.js';
import type { topics } from '../../src/process/contract/index.js';
import { done, type Handler } from '../runtime/index.js';
import { actorOf, type Actors } from './actor.js';

/** Puts the draft of a batch of requests together, or anew for others; see `prepareRequests`. */
export function prepareRequestsHandler(db: Knex, history: Actors): Handler<(typeof topics)['prepare-requests']> {
  return async ({ variables, processInstanceId, processDefinitionId }) => {
    const owner = await actorOf(history, processInstanceId, null);
    const madeIn = { processInstanceId, definitionId: processDefinitionId };
    const keep = variables.refusal !== null;
    const asked = await readRequestBatchForm(variables);
    const { id } = await db.transaction((trx) => prepareRequests(trx, { owner, madeIn, keep, ...asked }));
    const [form, types] = await Promise.all([choosingHoldersForm(db, id, variables.refusal), listCardTypes(db)]);
    return done({
      batchId: id,
      ...form,
      cardTypeOptions: types.map((type) => ({ value: type.id, label: type.name })),
      refusal: null,
    });
  };
}
