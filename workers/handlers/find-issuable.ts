import { findHolders, holderName, listCardTypes } from '../../src/directory/index.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { findIssuableCards, issuesDirectly } from '../../src/production/index.js';
import type { topics } from '../../src/process/contract/index.js';
import { formNotice } from '../../src/process/form-text.js';
import { holderChoice } from '../../src/requests/index.js';
import { done, type Handler, type Outputs } from '../runtime/index.js';

type Topic = (typeof topics)['find-issuable'];

/** Most matches a form lists. */
const mostMatches = 50;

/** Finds the approved cards that match what was typed; while Request card is disabled, the active card holders. */
export function findIssuable(db: Knex, publicUrl: string): Handler<Topic> {
  return async ({ variables: { query, refusal } }) => {
    const text = query ?? '';
    const found = (await issuesDirectly(db))
      ? await holdersFor(db, text, publicUrl)
      : await cardsFor(db, text, publicUrl);
    const { notice, ...lists } = found;
    return done({ ...lists, notice: formNotice(refusal, notice), refusal: null });
  };
}

/** What stands behind a card in the list, where there is little room: the weightier remark only. */
function remarks(changed: boolean, printable: boolean): string[] {
  if (!printable) return ['look at its texts'];
  return changed ? ['changed since the approval'] : [];
}

type Found = Omit<Outputs<Topic>, 'refusal'>;

async function cardsFor(db: Knex, query: string, publicUrl: string): Promise<Found> {
  const { cards, total } = await findIssuableCards(db, query, mostMatches, publicUrl);
  const cardOptions = cards.map(({ id, holder, cardType, changed, printable }) => ({
    value: id,
    label: [holder.name, holder.employeeNumber, cardType, ...remarks(changed, printable)].join(' · '),
  }));
  const only = cards.length === 1 ? cards[0] : undefined;
  return {
    ...{ direct: false, cards, cardOptions, card: only?.id ?? null },
    ...{ holders: [], holderOptions: [], holder: null, cardTypeOptions: [] },
    notice: noticeOf('approved card', query, cards.length, total),
  };
}

async function holdersFor(db: Knex, query: string, publicUrl: string): Promise<Found> {
  const [found, types] = await Promise.all([
    findHolders(db, query, { limit: mostMatches, state: 'active' }),
    listCardTypes(db),
  ]);
  const holders = found.holders.map((holder) => holderChoice({ ...holder, name: holderName(holder) }, publicUrl));
  const only = holders.length === 1 ? holders[0] : undefined;
  return {
    ...{ direct: true, cards: [], cardOptions: [], card: null },
    holders,
    holderOptions: holders.map(({ id, name, employeeNumber, department }) => ({
      value: id,
      label: `${name} · ${employeeNumber} · ${department}`,
    })),
    holder: only?.id ?? null,
    cardTypeOptions: types.map(({ id, name }) => ({ value: id, label: name })),
    notice: noticeOf('active card holder', query, holders.length, found.total),
  };
}

function noticeOf(what: string, query: string, shown: number, total: number): string {
  if (total === 0) return `No ${what} matches "${query}". Search again.`;
  if (total === 1) return `One ${what} matches "${query}".`;
  if (total === shown) return `${total} ${what}s match "${query}". Choose one.`;
  return `${total} ${what}s match "${query}"; the first ${shown} are listed. Choose one, or search again with more of the name.`;
}
