/**
 * The time zone of the installation: whose days count, and which times are shown. Each process has one, set once at its start
 * from the setting `TIME_ZONE`; sessions of the database get the same (`openDatabase`), so `current_date` and `dayOf(new Date())`
 * are the same day.
 */
let zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
let formats = formatsOf(zone);

const dayMs = 86_400_000;
/** Before, calendars differ, and no zone was kept by clocks. */
const zonesBegan = Date.UTC(1900, 0, 1);

/** True for the IANA name of a time zone, such as `Europe/Berlin`; offsets are no names, since they know no daylight saving. */
export function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

/**
 * Counts days and shows times of this zone from now on.
 * @param name IANA name; where it is undefined, the zone of the machine (`TZ`) counts
 * @throws RangeError for a name that `isTimeZone` does not know
 */
export function setTimeZone(name: string | undefined): void {
  if (name === undefined) return;
  zone = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  formats = formatsOf(zone);
}

/** IANA name of the zone of the installation. */
export function timeZone(): string {
  return zone;
}

/** The day of a moment, ISO 8601: `dayOf(new Date())` is today. */
export function dayOf(at: Date): string {
  return localTime(at).slice(0, 10);
}

/**
 * When a day (`2026-12-01`) or a local time (`2026-12-01T08:00`) begins; a text with a zone of its own is taken by its own. A time
 * that the zone passes over is the moment at which it does, one that comes twice is the first.
 * @returns an invalid date for what is no date
 */
export function momentOf(text: string): Date {
  if (/(?:Z|[+-]\d\d:?\d\d)$/.test(text) && text.includes('T')) return new Date(text);
  const wanted = Date.parse(`${text.includes('T') ? text : `${text}T00:00`}Z`);
  if (Number.isNaN(wanted)) return new Date(Number.NaN);
  // Offsets change by at most a day at once, so a day before and after show both.
  const offsets = [-dayMs, dayMs].map((away) => offsetAt(wanted + away));
  const candidates = offsets.map((offset) => wanted - offset);
  const exact = candidates.filter((at) => at + offsetAt(at) === wanted);
  return new Date(exact.length > 0 ? Math.min(...exact) : Math.max(...candidates));
}

/** A moment for people: `2026-12-01 08:00 GMT+9`. @param at a date, or one in ISO 8601 */
export function timeText(at: Date | string, exact: 'minute' | 'second' = 'minute'): string {
  const date = new Date(at);
  return `${localTime(date)
    .slice(0, exact === 'minute' ? 16 : 19)
    .replace('T', ' ')} ${zoneNameAt(date)}`;
}

/** A moment as ISO 8601 with the offset of the zone: `2026-12-01T08:00:00.000+09:00`. */
export function isoText(at: Date): string {
  const minutes = Math.round(offsetAt(at.getTime()) / 60_000);
  const part = (value: number): string => String(Math.trunc(value)).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${localTime(at)}${minutes < 0 ? '-' : '+'}${part(size / 60)}:${part(size % 60)}`;
}

function localTime(at: Date): string {
  return new Date(at.getTime() + offsetAt(at.getTime())).toISOString().slice(0, 23);
}

/** How far local time is ahead of UTC (ms). */
function offsetAt(when: number): number {
  const at = Math.max(when, zonesBegan);
  const parts = Object.fromEntries(formats.parts.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  return local.getTime() - Math.floor(at / 1_000) * 1_000;
}

function zoneNameAt(at: Date): string {
  return formats.name.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

function formatsOf(timeZoneName: string) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timeZoneName,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const name = new Intl.DateTimeFormat('en-GB', { timeZone: timeZoneName, timeZoneName: 'short' });
  return { parts, name };
}
