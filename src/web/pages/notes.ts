import type { ProductError } from '../../kernel/errors.js';
import { html, type Html } from './html.js';

/**
 * Says once what the form before has done: its redirect carries `?done=` with a code of the table. Only codes go through
 * the address, so that no link can put words into our mouth.
 */
export function doneNote(query: URLSearchParams, sentences: Readonly<Record<string, string>>): Html | null {
  const code = query.get('done');
  if (code === null || !Object.hasOwn(sentences, code)) return null;
  return html`<p class="note good" role="status">${sentences[code]}</p>`;
}

/** Why a form is shown again. @param id lets the field that is wrong refer to it */
export function refusalNote(refusal: ProductError, id = 'refusal'): Html {
  return html`<p class="note bad" role="alert" id="${id}">${refusal.publicMessage}</p>`;
}
