import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import { listPage, listQuery } from '../../web/list.js';
import { readPageQuery } from '../../web/pages/page-query.js';
import type { Page, PageAnswer, PageContext } from '../../web/pages/page.js';
import { getBatch, readHead } from '../../batch-rows/index.js';
import type { BatchHead } from '../../batch-rows/batch-types.js';
import { choices, type Choosable } from '../batch-choosing.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchIdOf, type BatchPagesDeps } from './batch-pages-deps.js';
import { filterOf, offeredCardTypes, schemasOf } from './choosing-fields.js';
import type { ChoosingKind } from './choosing-kind.js';
import { addressOf, choosingPage, pathOf } from './choosing-page.js';

const pageLength = 100;

/** `/batches/:id/cards` or `/holders`: the owner of a draft chooses what is in it. Each choice is kept at once. */
export function choosingPages<Item extends Choosable, Position>(
  deps: BatchPagesDeps,
  kind: ChoosingKind<Item, Position>,
): Page[] {
  const { db, tasks } = deps;
  const path = pathOf(kind, { id: ':id' });
  const parameters = listQuery(kind.position, {
    ...schemasOf(kind.fields),
    state: z.enum(choices).default('all'),
  }).omit({ limit: true });

  async function shown({ params, query, user }: PageContext, refusal: ProductError | null = null): Promise<PageAnswer> {
    const head = await ownDraft(db, kind, batchIdOf(params), user.id);
    if (head.state !== 'draft') return { redirect: `${BATCHES_PATH}/${head.id}` };
    const asked = readPageQuery(parameters, query);
    const filter = filterOf(asked);
    const [batch, departments, cardTypes, counts, found, tasklist] = await Promise.all([
      getBatch(db, head.id),
      kind.departments(db),
      offeredCardTypes(db, kind.fields),
      kind.count(db, head.id, filter),
      kind.list(db, head.id, { ...filter, choice: asked.state }, pageLength + 1, asked.cursor),
      tasks.addressOf(head),
    ]);
    const { items, next } = listPage(
      found,
      pageLength,
      ({ item }) => item,
      (row) => row.position,
    );
    const underChosen =
      (await kind.underChosen?.(db, batch, (change) => addressOf(kind, { batch, query }, change))) ?? null;
    const offers = { departments, cardTypes };
    return choosingPage(kind, { batch, offers, counts, items, next, asked, query, tasklist, refusal, underChosen });
  }

  return [
    { method: 'get', path, roles: kind.roles, handler: (context) => shown(context) },
    ...Object.entries(kind.changes).map(([name, change]): Page => ({
      method: 'post',
      path: `${path}/${name}`,
      roles: kind.roles,
      ...(kind.limitBytes !== undefined && { limitBytes: kind.limitBytes }),
      handler: async (context) => {
        const { user, params, query, form } = context;
        const head = await ownDraft(db, kind, batchIdOf(params), user.id);
        if (head.state !== 'draft') return { redirect: `${BATCHES_PATH}/${head.id}` };
        try {
          await db.transaction((trx) => change(trx, head.id, filterOf(readPageQuery(parameters, query)), form));
        } catch (raw) {
          const shownHere = ['batch-too-large', 'batch-state', 'batch-empty', 'import-invalid', 'payload-too-large'];
          if (!isProductError(raw) || !shownHere.includes(raw.code)) throw raw;
          return shown(context, raw);
        }
        await tasks.show(head, await kind.shownAtTask(db, head.id));
        return { redirect: `${pathOf(kind, head)}?${query.toString()}` };
      },
    })),
  ];
}

/** @throws ProductError `not-found` also for a draft of someone else, which is nobody's business */
async function ownDraft(
  db: Knex,
  { kind }: { readonly kind: BatchHead['kind'] },
  id: string,
  account: string,
): Promise<BatchHead> {
  const head = await readHead(db, id);
  if (head.kind !== kind || (head.state === 'draft' && head.owner !== account))
    throw new ProductError('not-found', 'There is no such batch order.');
  return head;
}
