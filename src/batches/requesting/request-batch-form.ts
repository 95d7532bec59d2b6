import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { BatchVariant, RequestBatchView } from '../../process/contract/index.js';
import { formNotice } from '../../process/form-text.js';
import { longestLabel } from '../batch-form.js';
import { getBatch, requestBatchView } from '../../batch-rows/index.js';
import { namesInText } from './holder-names.js';
import { variantOrNull } from './batch-variant.js';
import type { Exception } from '../../batch-rows/batch-types.js';
import type { HolderChoice } from './request-draft.js';

/** What the forms of a batch of requests ask for; empty or missing where somebody left it open. */
export interface RequestBatchForm {
  readonly label?: unknown;
  readonly cardType?: unknown;
  readonly department?: unknown;
  readonly words?: unknown;
  readonly holderNames?: unknown;
}

/**
 * What was entered, as the database is asked. Names go before a filter; with neither, nobody is chosen yet.
 * @throws ProductError `invalid-request` for names and a filter at once, `import-invalid` for a list that cannot be read
 */
export async function readRequestBatchForm(form: RequestBatchForm): Promise<{
  label: string;
  cardType: string;
  holders: HolderChoice;
}> {
  const names = await namesInText(entered(form.holderNames));
  const [department, search] = [entered(form.department), entered(form.words)];
  const filtered = department !== '' || search !== '';
  if (names.length > 0 && filtered)
    throw new ProductError(
      'invalid-request',
      'Choose in one way: by a department and words, or by a list of employee numbers.',
    );
  const filter = { department: department === '' ? undefined : department, search: search === '' ? undefined : search };
  return {
    label: entered(form.label).slice(0, longestLabel),
    cardType: entered(form.cardType),
    holders: filtered ? filter : names,
  };
}

/**
 * The exceptions that an approver writes down, one a line: place, colon, reason.
 * @throws ProductError `invalid-request` for a line that is none
 */
export function readExceptions(text: string): Exception[] {
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.map((line) => {
    const [, row, reason] = /^(\d{1,6})(?:\s*[:;,.\u2013-]\s*|\s+)(\S.*)$/u.exec(line) ?? [];
    if (row === undefined || reason === undefined) {
      throw new ProductError(
        'invalid-request',
        `"${line.slice(0, 100)}" is no exception: write the place in the list, a colon and the reason, for example "12: has left".`,
      );
    }
    return { row: Number(row), reason };
  });
}

/** What the form that requests a draft shows of its choice. */
export interface ChoosingHoldersForm {
  readonly batch: RequestBatchView;
  readonly variant: BatchVariant | null;
  readonly notice: string;
}

/** @param refusal why the form came back, if it did */
export async function choosingHoldersForm(db: Knex, id: string, refusal: string | null): Promise<ChoosingHoldersForm> {
  const [batch, { cardType }] = await Promise.all([requestBatchView(db, id), getBatch(db, id)]);
  const variant = await variantOrNull(db, cardType ?? '');
  return { batch, variant, notice: formNotice(refusal, noticeOf(batch, variant)) };
}

function noticeOf({ number, chosen, skipped, rows }: RequestBatchView, variant: BatchVariant | null): string {
  if (chosen === 0) return 'Nobody is chosen yet. Choose on the page below, or by a filter.';
  const able = chosen - skipped;
  const people = able === 1 ? 'One card holder is' : `${able} card holders are`;
  return [
    `${people} chosen for batch order ${number}.`,
    ...(skipped === 0 ? [] : [`${skipped} cannot get a card; each is named with the reason.`]),
    ...(rows.length < able ? [`The first ${rows.length} are listed.`] : []),
    variant === null
      ? 'Request card is disabled now, or cannot be done for many at once.'
      : `Their cards are requested by "${variant.name}".`,
  ].join(' ');
}

function entered(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
