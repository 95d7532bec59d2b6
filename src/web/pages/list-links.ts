import { html, type Html } from './html.js';

/** What a list may be narrowed to, by the value of its `state` parameter; the first one is the whole list. */
export type Choices = Readonly<Record<string, string>>;

/** Other parameters of a list, which its links keep. */
export type Kept = Readonly<Record<string, string>>;

/** Links that narrow a list; the one in force is marked. */
export function filterLinks(path: string, label: string, choices: Choices, current: string, kept: Kept = {}): Html {
  const links = Object.entries(choices).map(([value, text], at) => {
    const mark = value === current && html` aria-current="page"`;
    return html`<li><a href="${addressOf(path, { ...(at === 0 ? {} : { state: value }), ...kept })}"${mark}>${text}</a></li>`;
  });
  return html`<nav aria-label="${label}"><ul class="filters">${links}</ul></nav>`;
}

/** What the links of a list that begins with the newest are called. */
const byTime = { first: 'Newest', next: 'Older' };
/** What the links of a list in an order of its own are called. */
export const byPlace = { first: 'First page', next: 'Next page' };

/** Links from one page of a list to its first and to its next one. */
export function pagerLinks(
  path: string,
  page: {
    readonly state: string;
    readonly first: boolean;
    readonly next: string | null;
    readonly kept?: Kept;
    readonly words?: typeof byTime;
  },
): Html | null {
  const { state, first, next, kept, words = byTime } = page;
  if (first && next === null) return null;
  const to = (cursor: Kept) => addressOf(path, { state, ...kept, ...cursor });
  return html`<nav aria-label="Pages"><ul class="filters">
${!first && html`<li><a href="${to({})}">${words.first}</a></li>`}
${next !== null && html`<li><a href="${to({ cursor: next })}">${words.next}</a></li>`}
</ul></nav>`;
}

function addressOf(path: string, parameters: Kept): string {
  const query = new URLSearchParams(parameters).toString();
  return query === '' ? path : `${path}?${query}`;
}
