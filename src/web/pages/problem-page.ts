import { errorTable, type ErrorCode } from '../../kernel/errors.js';
import { html } from './html.js';
import type { PageAnswer } from './page.js';

const whatToDo = {
  retry: 'The same request may work later.',
  permanent: 'The same request will be refused again; it has to be changed.',
  business: 'A rule prevents it; the detail of the refusal says which.',
} as const;

/** What a problem's `type` leads to; null for a code that does not exist. */
export function problemPage(code: string): PageAnswer | null {
  if (!Object.hasOwn(errorTable, code)) return null;
  const { status, retry, title } = errorTable[code as ErrorCode];
  return {
    title,
    main: html`<dl>
<dt>Code</dt><dd><code>${code}</code></dd>
<dt>HTTP status</dt><dd>${status}</dd>
</dl>
<p>${whatToDo[retry]}</p>`,
  };
}
