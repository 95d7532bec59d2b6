import { z } from 'zod';
import { CARDS_PATH } from '../../production/index.js';
import { html } from '../../web/pages/html.js';
import { time } from '../../web/pages/time.js';
import {
  chooseMatching,
  countChoosable,
  departmentsToChoose,
  leaveMatching,
  listChoosable,
  tickCards,
  type ChoosableCard,
  type ChoosablePosition,
} from '../batch-choosing.js';
import { choosingForm } from '../batch-choosing-form.js';
import { cardsText } from './batch-page-texts.js';
import type { ChoosingKind } from './choosing-kind.js';
import { ticksOf } from './ticks.js';

/** The approved cards that a batch order is to issue. */
export const choosingCards: ChoosingKind<ChoosableCard, ChoosablePosition> = {
  kind: 'issue',
  segment: 'cards',
  roles: ['producer'],
  fields: ['q', 'type', 'department', 'before'],
  position: z.object({ approvedAt: z.iso.datetime(), cardId: z.uuid() }),
  columns: [
    { heading: 'Card', cell: ({ id, cardType }) => html`<a href="${CARDS_PATH}/${id}">${cardType}</a>` },
    { heading: 'Approved', cell: ({ approvedAt }) => time(approvedAt) },
  ],
  texts: {
    title: 'Choose cards for',
    chosen: ({ chosen }) => cardsText(chosen),
    note: () => 'What you tick is kept at once; nothing is ordered here.',
    back: 'Back to Tasklist to order',
    byChoice: 'Cards by choice',
    find: 'Find cards',
    caption: 'Approved cards, in the order of their approval',
    noMatch: 'No approved card matches.',
    none: 'There is no approved card at present.',
  },
  list: listChoosable,
  count: countChoosable,
  departments: departmentsToChoose,
  changes: {
    tick: (trx, id, _filter, form) => tickCards(trx, id, ticksOf(form)),
    choose: chooseMatching,
    leave: leaveMatching,
  },
  shownAtTask: async (db, id) => {
    const { notice, ...json } = await choosingForm(db, id, null);
    return { json, notice };
  },
};
