import type { Period } from '../../../src/oversight/insight/insight-reading.js';
import { dayAfter, today } from '../../app/time-zone.js';

/** Longer times are shown by weeks: more points than that are unreadable. */
const mostDaysByDay = 90;

/** The query of figures over the last days of the installation's zone, today included. */
export function spanOf(days: number): { readonly from: string; readonly per: Period } {
  return { from: dayAfter(today(), 1 - days), per: days > mostDaysByDay ? 'week' : 'day' };
}

/** Every period since `from` as its first day, so that one without anything is seen as such. */
export function periodsOf({ from, per }: ReturnType<typeof spanOf>): string[] {
  const weekday = new Date(`${from}T00:00Z`).getUTCDay();
  const first = per === 'week' ? dayAfter(from, -((weekday + 6) % 7)) : from;
  const last = today();
  const periods: string[] = [];
  for (let day = first; day <= last; day = dayAfter(day, per === 'week' ? 7 : 1)) periods.push(day);
  return periods;
}
