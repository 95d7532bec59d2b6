import type { Knex } from '../kernel/db/database.js';
import type { BatchView } from '../process/contract/index.js';
import { formNotice } from '../process/form-text.js';
import { batchView } from '../batch-rows/index.js';

/** What the form that orders a draft shows of its choice. */
export interface ChoosingForm {
  readonly batch: BatchView;
  /** The cards that it lists, as options of the exceptions. */
  readonly exceptionOptions: readonly { readonly value: string; readonly label: string }[];
  readonly notice: string;
}

/** @param refusal why the form came back, if it did */
export async function choosingForm(db: Knex, id: string, refusal: string | null): Promise<ChoosingForm> {
  const batch = await batchView(db, id, 'chosen');
  return {
    batch,
    exceptionOptions: batch.rows.map(({ card, holder, employeeNumber }) => ({
      value: card,
      label: `${holder} · ${employeeNumber}`,
    })),
    notice: formNotice(refusal, noticeOf(batch)),
  };
}

function noticeOf({ number, chosen, rows }: BatchView): string {
  if (chosen === 0) return 'No card is chosen. Tick some, or choose again.';
  const cards = chosen === 1 ? 'One approved card is' : `${chosen} approved cards are`;
  const listed = rows.length < chosen ? ` The first ${rows.length} are listed.` : '';
  return `${cards} chosen for batch order ${number}.${listed}`;
}
