import type { Period } from '../../../src/oversight/insight/insight-reading.js';

const dayMs = 86_400_000;
/** Longer times are told by weeks: more points than that say less. */
const mostDaysByDay = 90;

/** The query of figures over the last days, from the beginning of a day of UTC on. */
export function spanOf(days: number): { readonly from: string; readonly per: Period } {
  const from = new Date(Math.floor(Date.now() / dayMs) * dayMs - (days - 1) * dayMs);
  return { from: from.toISOString(), per: days > mostDaysByDay ? 'week' : 'day' };
}

/** Every period since `from` as its first day, so that one without anything is seen as such. */
export function periodsOf({ from, per }: ReturnType<typeof spanOf>): string[] {
  const first = new Date(from);
  if (per === 'week') first.setUTCDate(first.getUTCDate() - ((first.getUTCDay() + 6) % 7));
  const stride = per === 'week' ? 7 * dayMs : dayMs;
  const periods: string[] = [];
  for (let at = first.getTime(); at <= Date.now(); at += stride) periods.push(new Date(at).toISOString().slice(0, 10));
  return periods;
}
