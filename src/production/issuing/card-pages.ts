import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import type { Page, PageAnswer, PageContext } from '../../web/pages/page.js';
import { CARDS_PATH, cardListPage } from './card-list-page.js';
import { actionsOnCards, cardActions, whatCanBeDone, type CardAction } from './card-page-actions.js';
import type { RefusedAct } from './card-page-forms.js';
import { readCardStory } from './card-page-reading.js';
import { texts } from './card-page-texts.js';
import { cardStoryPage } from './card-story-page.js';

const cardPath = `${CARDS_PATH}/:id`;

/**
 * `/cards`: every card, for production operators, who act on them, and administrators, who read.
 */
export function cardPages(db: Knex): Page[] {
  return [
    {
      method: 'get',
      path: CARDS_PATH,
      roles: ['producer', 'admin'],
      link: { label: texts.title, hint: texts.hint },
      handler: (context) => cardListPage(db, context),
    },
    {
      method: 'get',
      path: cardPath,
      roles: ['producer', 'admin'],
      handler: (context) => storyOf(db, context),
    },
    ...cardActions.map((action): Page => ({
      method: 'post',
      path: `${cardPath}/${action}`,
      roles: ['producer'],
      handler: (context) => act(db, action, context),
    })),
  ];
}

async function storyOf(
  db: Knex,
  { params, query, user }: PageContext,
  refused: RefusedAct | null = null,
): Promise<PageAnswer> {
  const story = await readCardStory(db, cardIdOf(params));
  const possibilities = user.roles.has('producer')
    ? await whatCanBeDone(db, story.card, story.orders.at(-1), user.id)
    : null;
  return cardStoryPage(story, { query, possibilities, refused });
}

async function act(db: Knex, action: CardAction, context: PageContext): Promise<PageAnswer> {
  const { params, form, user } = context;
  const cardId = cardIdOf(params);
  const reason = textOf(form, 'reason');
  try {
    const done = await db.transaction((trx) =>
      actionsOnCards[action](trx, { cardId, by: user.id, number: numberOf(form), reason }),
    );
    return { redirect: `${CARDS_PATH}/${cardId}?done=${done}` };
  } catch (raw) {
    if (!isProductError(raw) || !raw.isBusiness || raw.code === 'not-found') throw raw;
    // Read again: the card is in another state than the person saw, or a reason is missing.
    return storyOf(db, context, { refusal: raw, action, reason });
  }
}

/** @throws ProductError `not-found` */
function cardIdOf(params: Readonly<Record<string, string>>): string {
  const id = z.uuid().safeParse(params['id']);
  if (!id.success) throw new ProductError('not-found', 'There is no such card.');
  return id.data;
}

function numberOf(form: FormData): number | null {
  const text = textOf(form, 'production');
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
