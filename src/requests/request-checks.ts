import type { Knex } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { findHolders } from '../directory/index.js';
import { pass, textField, type DoorCheck } from '../web/door/door-checks.js';
import { formActions, type CardTypeOffer, type RequestView } from '../process/contract/index.js';
import { differencesBetween, fingerprintOf, requestOutdated } from './request-content.js';
import { refuseNonApprover } from './request-decision.js';
import { notAbortable } from './request-abort.js';
import { getRequest } from './request-reading.js';
import { notOffered, variantChanged } from './request-registration.js';
import { readOffers } from './offers.js';
import type { RequestService } from './request-service.js';
import type { RequestTasks } from './request-tasks.js';
import { requestView } from './request-views.js';
import { readEligibility, refusalOf } from './eligibility.js';

type RequestCheck = 'holder-search' | 'request-card' | 'decide-request' | 'abort-request';

/**
 * The checks of forms about requests. They only refuse early and politely; worker and database check again.
 * @param publicUrl origin under which people reach this server
 */
export function requestChecks(
  db: Knex,
  requests: RequestService,
  tasks: RequestTasks,
  publicUrl: string,
): Record<RequestCheck, DoorCheck> {
  const searchHolder = async (query: string) => {
    const { total } = await findHolders(db, query, { limit: 1 });
    if (total === 0)
      throw new ProductError(
        'holder-unknown',
        `No card holder matches "${query}". Try a part of the name or the employee number.`,
      );
  };

  return {
    'holder-search': async ({ fields }) => {
      await searchHolder(textField(fields, 'query'));
      return pass;
    },

    'request-card': async (context) => {
      const { fields, taskId } = context;
      if (fields['action'] === formActions.cancel) return pass;
      if (fields['action'] === formActions.search) {
        await searchHolder(textField(fields, 'query'));
        return pass;
      }
      const holder = textField(fields, 'holder');
      if (holder === '') throw new ProductError('invalid-request', 'Choose a card holder, or search again.');
      const cardType = textField(fields, 'cardType');
      if (cardType === '') throw new ProductError('invalid-request', 'Choose a card type.');
      // Read without a transaction, so the row lock of the holder ends with its statement.
      const eligibility = await readEligibility(db, holder, cardType);
      const refusal = refusalOf(eligibility);
      if (refusal !== null) throw refusal;
      const { choice } = eligibility;
      if (choice === null) throw new ProductError('internal', 'An allowed request has a variant.');
      const shown = (await context.readVariable('offers')) as readonly CardTypeOffer[] | undefined;
      const offer = shown?.find((each) => each.id === cardType);
      if (offer?.variantKey !== choice.processKey || offer.variantVersion !== choice.version) {
        if (taskId !== null) await tasks.show(taskId, { offers: await readOffers(db) });
        throw offer === undefined ? notOffered(eligibility.cardType.name) : variantChanged(choice.name);
      }
      return {
        add: {
          variantKey: { value: choice.processKey, type: 'String' },
          variantVersion: { value: choice.version, type: 'Integer' },
        },
      };
    },

    'decide-request': async ({
      fields,
      readVariable,
      taskId,
      user,
      processInstanceId,
      processDefinitionId,
      taskDefinitionKey,
    }) => {
      const requestId = await readVariable('requestId');
      if (typeof requestId !== 'string') throw new ProductError('not-found', 'This task belongs to no request.');
      await refuseNonApprover(db, user.groups);
      const decision = textField(fields, 'decision');
      await requests.assertMayDecide(user.id, requestId, decision, textField(fields, 'reason'));
      if (processInstanceId !== null && taskDefinitionKey !== null) {
        await tasks.assertNotApprovedBy(user.id, { processInstanceId, processDefinitionId, taskDefinitionKey });
      }
      const now = await requestView(db, requestId, publicUrl);
      const shown = (await readVariable('request')) as RequestView | undefined;
      const changed = shown === undefined ? [] : differencesBetween(shown, now);
      if (decision === 'approve' && (shown === undefined || changed.length > 0)) {
        if (taskId !== null) await tasks.show(taskId, { request: now });
        throw requestOutdated(now.holder.name, changed);
      }
      return { add: { seenContent: { value: fingerprintOf(now), type: 'String' } } };
    },

    'abort-request': async ({ fields, user }) => {
      if (fields['action'] !== formActions.next) return pass;
      const requestId = textField(fields, 'requestId');
      if (requestId === '') throw new ProductError('invalid-request', 'Choose the request to abort, or Cancel.');
      const request = await getRequest(db, requestId);
      if (request.requester !== user.id)
        throw new ProductError('not-own-request', 'Only the person who requested a card can abort the request.');
      if (request.state !== 'requested') throw notAbortable(request.state);
      return pass;
    },
  };
}
