import type { Knex } from '../../src/kernel/db/database.js';
import { findHolders, holderName } from '../../src/directory/index.js';
import type { topics } from '../../src/process/contract/index.js';
import { holderChoice, readOffers } from '../../src/requests/index.js';
import { formNotice } from '../../src/process/form-text.js';
import { done, type Handler } from '../runtime/index.js';

/** Most matches a form lists. */
const mostMatches = 50;

/** Finds the card holders that match what the operator typed, and what each card type means now. */
export function findHolder(db: Knex, publicUrl: string): Handler<(typeof topics)['find-holder']> {
  return async ({ variables: { query, refusal } }) => {
    const [found, offers] = await Promise.all([findHolders(db, query ?? '', { limit: mostMatches }), readOffers(db)]);
    const holders = found.holders.map((holder) => holderChoice({ ...holder, name: holderName(holder) }, publicUrl));
    const only = holders.length === 1 ? holders[0] : undefined;
    return done({
      holders,
      holderOptions: holders.map(({ id, name, employeeNumber, department, state }) => ({
        value: id,
        label: `${name} · ${employeeNumber} · ${department}${state === 'active' ? '' : ` · ${state}`}`,
      })),
      holder: only?.id ?? null,
      offers,
      cardTypeOptions: offers.map(({ id, name, variantName }) => ({ value: id, label: `${name} – ${variantName}` })),
      notice: formNotice(refusal, noticeOf(query ?? '', holders.length, found.total)),
      refusal: null,
    });
  };
}

function noticeOf(query: string, shown: number, total: number): string {
  if (total === 0) return `No card holder matches "${query}". Search again.`;
  if (total === 1) return `One card holder matches "${query}".`;
  if (total === shown) return `${total} card holders match "${query}". Choose one.`;
  return `${total} card holders match "${query}"; the first ${shown} are listed. Choose one, or search again with more of the name.`;
}
