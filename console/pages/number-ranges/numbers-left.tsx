import type { NumberRangeBody } from '../../../src/directory/number-ranges/number-range-routes.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';

const words = texts.numberRanges;

/** From here on it is time to think of the next range. */
const few = 1_000;

export function NumbersLeft({ left }: Pick<NumberRangeBody, 'left'>) {
  if (left > few) return <>{words.left(left)}</>;
  return <Badge text={left <= 0 ? words.noneLeft : words.fewLeft(left)} tone="bad" />;
}
