import type { Knex } from '../../kernel/db/database.js';
import { rehearse } from '../../kernel/db/rehearsal.js';
import { ProductError, isProductError } from '../../kernel/errors.js';
import { decisions, type Decision } from '../../domain/decisions.js';
import { pass, textField, type DoorCheck, type DoorCheckContext } from '../../web/door/door-checks.js';
import { formActions, type BatchVariant } from '../../process/contract/index.js';
import { refuseNonApprover, variantChanged } from '../../requests/index.js';
import type { RequestTasks } from '../../requests/request-tasks.js';
import { batchOf } from '../batch-checks.js';
import { batchView, readHead } from '../../batch-rows/index.js';
import { assertCardType } from '../batch-selection.js';
import { variantFor } from './batch-variant.js';
import { assertMayDecide } from './deciding.js';
import { beginRegistering } from './registering.js';
import { choosingHoldersForm, readExceptions, readRequestBatchForm } from './request-batch-form.js';
import { judgeHolders } from './holder-rows.js';

type RequestBatchCheck = 'holders-filter' | 'request-batch' | 'decide-requests';

/** The checks of forms about batches of requests. They only refuse early and politely; worker and database check again. */
export function requestBatchChecks(db: Knex, tasks: RequestTasks): Record<RequestBatchCheck, DoorCheck> {
  const assertForm = async ({ fields }: DoorCheckContext): Promise<void> => {
    const { cardType } = await readRequestBatchForm(fields);
    if (cardType === '') throw new ProductError('invalid-request', 'Name a card type.');
    await assertCardType(db, cardType);
  };

  return {
    'holders-filter': async (context) => {
      await assertForm(context);
      return pass;
    },

    'request-batch': async (context) => {
      const { fields, readVariable, taskId } = context;
      if (fields['action'] === formActions.cancel) return pass;
      if (fields['action'] === formActions.search) {
        await assertForm(context);
        return pass;
      }
      const batchId = await batchOf(readVariable);
      const { cardType } = await readHead(db, batchId);
      if (cardType === null) throw new ProductError('not-found', 'This task belongs to no batch of requests.');
      const variant = await variantFor(db, cardType);
      const shown = (await readVariable('variant')) as BatchVariant | null | undefined;
      if (shown?.processKey !== variant.processKey || shown.version !== variant.version) {
        const form = await choosingHoldersForm(db, batchId, null);
        if (taskId !== null) await tasks.show(taskId, { batch: form.batch, variant: form.variant });
        throw variantChanged(variant.name);
      }
      await rehearse(db, async (trx) => {
        await judgeHolders(trx, batchId, cardType);
        await beginRegistering(trx, batchId, null);
      });
      return {
        add: {
          variantKey: { value: variant.processKey, type: 'String' },
          variantVersion: { value: variant.version, type: 'Integer' },
        },
      };
    },

    'decide-requests': async ({ fields, readVariable, user, taskId }) => {
      const batchId = await batchOf(readVariable);
      await refuseNonApprover(db, user.groups);
      const decision = textField(fields, 'decision');
      if (!isDecision(decision)) throw new ProductError('invalid-request', 'Choose Approve or Reject.');
      const exceptions = decision === 'approve' ? readExceptions(textField(fields, 'exceptionLines')) : [];
      try {
        await assertMayDecide(db, user.id, batchId, { decision, reason: textField(fields, 'reason'), exceptions });
      } catch (raw) {
        if (isProductError(raw, 'request-outdated') && taskId !== null)
          await tasks.show(taskId, { batch: await batchView(db, batchId, 'ordered') });
        throw raw;
      }
      return { add: { exceptions: { value: JSON.stringify(exceptions), type: 'Json' } } };
    },
  };
}

function isDecision(text: string): text is Decision {
  return (decisions as readonly string[]).includes(text);
}
