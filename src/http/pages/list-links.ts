import { html, type Html } from './html.js';

/** What a list may be narrowed to, by the value of its `state` parameter; the first one is the whole list. */
export type Choices = Readonly<Record<string, string>>;

/** Links that narrow a list; the one in force is marked. */
export function filterLinks(path: string, label: string, choices: Choices, current: string): Html {
  const links = Object.entries(choices).map(([value, text], at) => {
    const mark = value === current && html` aria-current="page"`;
    return html`<li><a href="${at === 0 ? path : `${path}?state=${value}`}"${mark}>${text}</a></li>`;
  });
  return html`<nav aria-label="${label}"><ul class="filters">${links}</ul></nav>`;
}

/** Links from one page of a list to its newest and to its next one. */
export function pagerLinks(path: string, page: { readonly state: string; readonly first: boolean; readonly next: string | null }): Html | null {
  const { state, first, next } = page;
  if (first && next === null) return null;
  const to = (cursor: Record<string, string>) => `${path}?${new URLSearchParams({ state, ...cursor }).toString()}`;
  return html`<nav aria-label="Pages"><ul class="filters">
${!first && html`<li><a href="${to({})}">Newest</a></li>`}
${next !== null && html`<li><a href="${to({ cursor: next })}">Older</a></li>`}
</ul></nav>`;
}
