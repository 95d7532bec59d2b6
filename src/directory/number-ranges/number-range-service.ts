import { appendAudit } from '../../records/index.js';
import type { Transaction } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { canCollide, formatNumber, largestNumber } from './number-format.js';
import {
  getNumberRange,
  insertNumberRange,
  largestUsedNumber,
  lockNumberRanges,
  updateNumberRange,
  type NumberRange,
} from './number-range-store.js';

/**
 * Adds a range.
 * @throws ProductError `exists-already`, `number-range-conflict`
 */
export async function addNumberRange(trx: Transaction, actor: string, range: NumberRange): Promise<void> {
  const others = await lockNumberRanges(trx);
  if (others.some(({ id }) => id === range.id))
    throw new ProductError('exists-already', `There is a number range "${range.id}" already.`);
  await assertGivesNothingTwice(trx, range, others);
  await insertNumberRange(trx, range);
  const { id, ...details } = range;
  await appendAudit(trx, [
    { actor, action: 'number-range-created', objectType: 'number-range', objectId: id, details },
  ]);
}

/**
 * Changes a range. Its next number only grows while its format stays, and no number that a card has can come again.
 * @param assertUnchanged refuses when the caller saw another state
 * @throws ProductError `not-found`, `number-range-conflict`, what `assertUnchanged` throws
 */
export async function changeNumberRange(
  trx: Transaction,
  actor: string,
  range: NumberRange,
  assertUnchanged: (before: NumberRange) => void,
): Promise<void> {
  const others = (await lockNumberRanges(trx)).filter(({ id }) => id !== range.id);
  const before = await getNumberRange(trx, range.id);
  assertUnchanged(before);
  const sameFormat = before.prefix === range.prefix && before.digits === range.digits && before.suffix === range.suffix;
  if (sameFormat && range.nextNumber < before.nextNumber) {
    throw conflict(
      `The next number can only grow: it is ${before.nextNumber}, and what is below may have been given out.`,
    );
  }
  await assertGivesNothingTwice(trx, range, others);
  await updateNumberRange(trx, range);
  const { id, ...details } = range;
  await appendAudit(trx, [
    {
      actor,
      action: 'number-range-changed',
      objectType: 'number-range',
      objectId: id,
      details: { from: before, to: details },
    },
  ]);
}

async function assertGivesNothingTwice(
  trx: Transaction,
  range: NumberRange,
  others: readonly NumberRange[],
): Promise<void> {
  if (range.nextNumber > largestNumber(range) + 1) {
    throw conflict(
      `A number of ${range.digits} digits cannot be ${range.nextNumber}: give it more digits, or a smaller next number.`,
    );
  }
  const other = others.find((each) => canCollide(range, each));
  if (other !== undefined) {
    throw conflict(
      `The range ${other.name} can give the same numbers, for example ${formatNumber(other, other.nextNumber)}: use another prefix, suffix or length.`,
    );
  }
  const used = await largestUsedNumber(trx, range);
  if (used !== null && used >= range.nextNumber) {
    throw conflict(`A card has the number ${formatNumber(range, used)} already: begin at ${used + 1} or above.`);
  }
}

function conflict(sentence: string): ProductError {
  return new ProductError('number-range-conflict', sentence);
}
