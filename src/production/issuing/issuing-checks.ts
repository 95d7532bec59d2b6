import type { Knex } from '../../kernel/db/database.js';
import { rehearse } from '../../kernel/db/rehearsal.js';
import { ProductError } from '../../kernel/errors.js';
import { findHolders } from '../../directory/index.js';
import { pass, textField, type DoorCheck } from '../../web/door/door-checks.js';
import { formActions } from '../../process/contract/index.js';
import { issuingVariant } from '../production-process.js';
import { orderDirectly, orderFromApproved, repeatProduction } from '../production-service.js';
import { countIssuableCards, issuesDirectly } from './issuable-cards.js';

/** The checks of forms about issuing cards. They only refuse early and politely; worker and database check again. */
export function issuingChecks(db: Knex): Record<'issuable-search' | 'issue-card' | 'production-decision', DoorCheck> {
  const search = async (query: string): Promise<void> => {
    if (await issuesDirectly(db)) {
      const { total } = await findHolders(db, query, { limit: 1, state: 'active' });
      if (total === 0)
        throw new ProductError(
          'holder-unknown',
          `No active card holder matches "${query}". Try a part of the name or the employee number.`,
        );
    } else if ((await countIssuableCards(db, query)) === 0) {
      throw new ProductError(
        'not-approved',
        `No approved card matches "${query}". Only a card whose request is approved can be issued.`,
      );
    }
  };

  return {
    'issuable-search': async ({ fields }) => {
      await search(textField(fields, 'query'));
      return pass;
    },

    'issue-card': async ({ fields, readVariable, user }) => {
      if (fields['action'] === formActions.cancel) return pass;
      if (fields['action'] === formActions.search) {
        await search(textField(fields, 'query'));
        return pass;
      }
      const direct = (await readVariable('direct')) === true;
      const ordering = { orderedBy: user.id, runningIn: null };
      if (direct) {
        const [holder, cardType] = [textField(fields, 'holder'), textField(fields, 'cardType')];
        if (holder === '') throw new ProductError('invalid-request', 'Choose a card holder, or search again.');
        if (cardType === '') throw new ProductError('invalid-request', 'Choose a card type.');
        await rehearse(db, (trx) => orderDirectly(trx, { holder, cardType, ...ordering }));
      } else {
        const cardId = textField(fields, 'card');
        if (cardId === '') throw new ProductError('invalid-request', 'Choose a card, or search again.');
        await rehearse(db, (trx) => orderFromApproved(trx, { cardId, ...ordering }));
      }
      const variant = await issuingVariant(db, direct ? 'directly' : 'from-approved');
      return {
        add: {
          variantKey: { value: variant.processKey, type: 'String' },
          variantVersion: { value: variant.version, type: 'Integer' },
          placed: { value: 'no', type: 'String' },
        },
      };
    },

    'production-decision': async ({ fields, readVariable, user }) => {
      if (fields['action'] === formActions.cancel) {
        if (textField(fields, 'reason') === '')
          throw new ProductError('reason-missing', 'Give a reason for cancelling the card.');
        return pass;
      }
      const cardId = await readVariable('card');
      if (typeof cardId !== 'string') throw new ProductError('not-found', 'This task belongs to no card.');
      await rehearse(db, (trx) => repeatProduction(trx, { cardId, orderedBy: user.id, runningIn: null }));
      return pass;
    },
  };
}
