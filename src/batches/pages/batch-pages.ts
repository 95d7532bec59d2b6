import { isProductError } from '../../kernel/errors.js';
import type { Page, PageAnswer, PageContext } from '../../web/pages/page.js';
import { assertWorksOn, batchReaders, getVisible, worksOn } from '../batch-access.js';
import { readHead } from '../../batch-rows/index.js';
import { BATCHES_PATH, batchListPage } from './batch-list-page.js';
import { actionsOnBatches, batchActions, reasonOf, type BatchAction, type RefusedAct } from './batch-page-actions.js';
import { texts } from './batch-page-texts.js';
import { batchIdOf, type BatchPagesDeps } from './batch-pages-deps.js';
import { batchStoryPage } from './batch-story-page.js';
import { choosingCards } from './choosing-cards.js';
import { choosingHolders } from './choosing-holders.js';
import { choosingPages } from './choosing-pages.js';
import { decisionPages } from './decision-pages.js';

const batchPath = `${BATCHES_PATH}/:id`;

/** `/batches`: batch orders, for people who order or decide them, and for administrators, who read. */
export function batchPages(deps: BatchPagesDeps): Page[] {
  return [
    {
      method: 'get',
      path: BATCHES_PATH,
      roles: batchReaders,
      link: { label: texts.title, hint: texts.hint },
      handler: (context) => batchListPage(deps.db, context),
    },
    {
      method: 'get',
      path: batchPath,
      roles: batchReaders,
      handler: (context) => storyOf(deps, context),
    },
    ...batchActions.map((action): Page => ({
      method: 'post',
      path: `${batchPath}/${action}`,
      roles: ['producer', 'operator'],
      handler: (context) => act(deps, action, context),
    })),
    ...choosingPages(deps, choosingCards),
    ...choosingPages(deps, choosingHolders),
    ...decisionPages(deps),
  ];
}

async function storyOf(
  { db, tasks }: BatchPagesDeps,
  { params, query, user }: PageContext,
  refused: RefusedAct | null = null,
): Promise<PageAnswer> {
  const id = batchIdOf(params);
  const [batch, head] = await Promise.all([getVisible(db, user, id), readHead(db, id)]);
  const atTask = batch.state === 'reviewing' || (batch.state === 'draft' && batch.owner === user.id);
  const tasklist = await tasks.addressOf(atTask ? head : null);
  return batchStoryPage(db, batch, query, {
    mayAct: worksOn(user, batch.kind),
    mayDecide: user.roles.has('approver') && batch.owner !== user.id,
    owns: batch.owner === user.id,
    tasklist,
    refused,
  });
}

async function act(deps: BatchPagesDeps, action: BatchAction, context: PageContext): Promise<PageAnswer> {
  const { params, form, user } = context;
  const id = batchIdOf(params);
  try {
    assertWorksOn(user, (await getVisible(deps.db, user, id)).kind);
    const done = await deps.db.transaction((trx) => actionsOnBatches[action](trx, id, user.id, form));
    return { redirect: `${BATCHES_PATH}/${id}?done=${done}` };
  } catch (raw) {
    if (!isProductError(raw) || !raw.isBusiness || raw.code === 'not-found') throw raw;
    // Read again: the batch order is in another state than the person saw, or a reason is missing.
    return storyOf(deps, context, { refusal: raw, action, reason: reasonOf(form) });
  }
}
