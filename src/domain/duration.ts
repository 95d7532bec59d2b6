const pattern = /^P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
/** Seconds of a week, a day, an hour, a minute and a second. */
const units = [604_800, 86_400, 3_600, 60, 1];

/**
 * Seconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds; null for anything else, months and years included:
 * they have no fixed length. A text of very many digits gives `Infinity`.
 */
export function durationSeconds(text: string): number | null {
  const parts = pattern.exec(text)?.slice(1);
  if (parts === undefined) return null;
  return units.reduce((sum, unit, at) => sum + unit * Number(parts[at] ?? 0), 0);
}
