import type { Knex, Transaction } from '../../src/kernel/db/database.js';
import { productionSources, type ProductionSource, type topics } from '../../src/process/contract/index.js';
import { orderDirectly, orderFromApproved, repeatProduction } from '../../src/production/index.js';
import type { OrderedBy, PlacedOrder } from '../../src/production/production-types.js';
import { done, PermanentError, type Handler, type Inputs } from '../runtime/index.js';
import { actorOf, type Actors } from './actor.js';

type Topic = (typeof topics)['order-production'];

/** Orders the card that the diagram names; see `orderFromApproved`, `repeatProduction` and `orderDirectly`. */
export function orderProductionHandler(db: Knex, history: Actors): Handler<Topic> {
  return async ({ id, variables, processInstanceId, processDefinitionId, businessKey }) => {
    const { source } = variables;
    if (!isSource(source))
      throw new PermanentError(
        `source is "${source}"; it must be one of ${productionSources.join(', ')}. Correct the diagram.`,
      );
    const ordering: OrderedBy = {
      orderedBy: await actorOf(history, processInstanceId, variables.orderTask),
      runningIn: { definitionId: processDefinitionId, processInstanceId, businessKey, taskId: id },
    };
    const { cardId, number } = await db.transaction((trx) => order(trx, source, variables, ordering));
    return done({ card: cardId, productionNumber: number });
  };
}

async function order(
  trx: Transaction,
  source: ProductionSource,
  variables: Inputs<Topic>,
  ordering: OrderedBy,
): Promise<PlacedOrder> {
  if (source === 'holder') {
    return orderDirectly(trx, {
      holder: given(variables, 'holder'),
      cardType: given(variables, 'cardType'),
      ...ordering,
    });
  }
  const cardId = given(variables, 'card');
  return source === 'approved'
    ? orderFromApproved(trx, { cardId, ...ordering })
    : repeatProduction(trx, { cardId, ...ordering });
}

function given(variables: Inputs<Topic>, name: 'card' | 'holder' | 'cardType'): string {
  const value = variables[name];
  if (value === null)
    throw new PermanentError(`${name} is missing, which the source "${variables.source}" needs. Correct the diagram.`);
  return value;
}

function isSource(text: string): text is ProductionSource {
  return (productionSources as readonly string[]).includes(text);
}
