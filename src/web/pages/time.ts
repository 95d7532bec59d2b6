import { html, type Html } from './html.js';

/** Of the server's time zone, which is named: pages hold no script that could ask the browser for its own. */
const format = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** A moment for people, with its ISO 8601 form for programs. @param at a date, or one in ISO 8601 */
export function time(at: Date | string): Html {
  const date = new Date(at);
  return html`<time datetime="${date.toISOString()}">${format.format(date)}</time>`;
}
