const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** The engine cannot store a moment any number of days ahead: 30 days. */
const longestMs = 30 * 86_400_000;

/**
 * Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds, for example `PT10S`; undefined for anything
 * else, months and years included: they have no fixed length, and more than 30 days.
 */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null || text.endsWith('P') || text.endsWith('T')) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  const ms = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000);
  return ms <= longestMs ? ms : undefined;
}
