import { listCardTypes } from '../../directory/card-types/card-type-store.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import { listPage } from '../../web/list.js';
import { readPageQuery } from '../../web/pages/page-query.js';
import type { Page, PageAnswer, PageContext } from '../../web/pages/page.js';
import { cardIdsIn } from '../batch-checks.js';
import { choosingForm } from '../batch-choosing-form.js';
import {
  chooseMatching,
  countChoosable,
  departmentsToChoose,
  leaveMatching,
  listChoosable,
  tickCards,
} from '../batch-choosing.js';
import { getBatch } from '../../batch-rows/batch-reading.js';
import { readHead } from '../../batch-rows/batch-store.js';
import type { BatchHead, IssueFilter } from '../../batch-rows/batch-types.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchIdOf, type BatchPagesDeps } from './batch-pages-deps.js';
import { choosingPage } from './choosing-page.js';
import { parameters, type ChoosingQuery } from './choosing-query.js';

const roles = ['producer'] as const;
const path = `${BATCHES_PATH}/:id/cards`;
const pageLength = 100;

/** What a posted form does to the draft that a filter belongs to. */
const changes: Readonly<
  Record<
    'tick' | 'choose' | 'leave',
    (trx: Transaction, id: string, filter: IssueFilter, form: FormData) => Promise<void>
  >
> = {
  tick: (trx, id, _filter, form) => {
    const chosen = cardIdsIn(form.getAll('chosen'));
    return tickCards(trx, id, {
      chosen,
      left: cardIdsIn(form.getAll('shown')).filter((card) => !chosen.includes(card)),
    });
  },
  choose: chooseMatching,
  leave: leaveMatching,
};

/** `/batches/:id/cards`: the owner of a draft chooses its cards. Each choice is kept at once. */
export function choosingPages(deps: BatchPagesDeps): Page[] {
  return [
    {
      method: 'get',
      path,
      roles,
      handler: (context) => shown(deps, context),
    },
    ...Object.entries(changes).map(([name, change]): Page => ({
      method: 'post',
      path: `${path}/${name}`,
      roles,
      handler: async (context) => {
        const { db, tasks } = deps;
        const { user, params, query, form } = context;
        const head = await ownDraft(db, batchIdOf(params), user.id);
        if (head.state !== 'draft') return { redirect: `${BATCHES_PATH}/${head.id}` };
        try {
          await db.transaction((trx) => change(trx, head.id, filterOf(readPageQuery(parameters, query)), form));
        } catch (raw) {
          if (!isProductError(raw, 'batch-too-large', 'batch-state')) throw raw;
          return shown(deps, context, raw);
        }
        const { batch, exceptionOptions, notice } = await choosingForm(db, head.id, null);
        await tasks.show(head, { json: { batch, exceptionOptions }, notice });
        return { redirect: `${BATCHES_PATH}/${head.id}/cards?${query.toString()}` };
      },
    })),
  ];
}

async function shown(
  { db, tasks }: BatchPagesDeps,
  { params, query, user }: PageContext,
  refusal: ProductError | null = null,
): Promise<PageAnswer> {
  const head = await ownDraft(db, batchIdOf(params), user.id);
  if (head.state !== 'draft') return { redirect: `${BATCHES_PATH}/${head.id}` };
  const asked = readPageQuery(parameters, query);
  const filter = filterOf(asked);
  const [batch, types, departments, counts, found, tasklist] = await Promise.all([
    getBatch(db, head.id),
    listCardTypes(db),
    departmentsToChoose(db),
    countChoosable(db, head.id, filter),
    listChoosable(db, head.id, { ...filter, choice: asked.state }, pageLength + 1, asked.cursor),
    tasks.addressOf(head),
  ]);
  const { items, next } = listPage(
    found,
    pageLength,
    ({ card }) => card,
    (row) => row.position,
  );
  return choosingPage({ batch, types, departments, counts, cards: items, next, asked, query, tasklist, refusal });
}

/** @throws ProductError `not-found` also for a draft of someone else, which is nobody's business */
async function ownDraft(db: Knex, id: string, account: string): Promise<BatchHead> {
  const head = await readHead(db, id);
  if (head.kind !== 'issue' || (head.state === 'draft' && head.owner !== account))
    throw new ProductError('not-found', 'There is no such batch order.');
  return head;
}

function filterOf({ q, type, department, before }: ChoosingQuery): IssueFilter {
  const given = (text: string) => (text === '' ? undefined : text);
  return { search: given(q), cardType: given(type), department: given(department), approvedBefore: given(before) };
}
