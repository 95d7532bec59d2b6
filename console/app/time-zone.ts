/** IANA name of the installation's zone, in which every time is shown and every day begins; the server writes it into the page. */
export const timeZone = document.getElementById('console')?.dataset['timeZone'] ?? 'UTC';

const dayFormat = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });

/** The day of the installation, ISO 8601. */
export function today(): string {
  return dayFormat.format(new Date());
}

/** The day some days later; an invalid day is returned as it is. @param day ISO 8601 */
export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
