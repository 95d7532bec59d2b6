import { timeZone } from '../../kernel/time-zone.js';
import { html, type Html } from './html.js';

/** Made when the first page is, since the installation's zone is known by then. */
let format: Intl.DateTimeFormat | undefined;

/** A moment in the installation's zone, with its ISO 8601 form for programs. @param at a date, or one in ISO 8601 */
export function time(at: Date | string): Html {
  const date = new Date(at);
  format ??= new Intl.DateTimeFormat('en-GB', {
    timeZone: timeZone(),
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return html`<time datetime="${date.toISOString()}">${format.format(date)}</time>`;
}
