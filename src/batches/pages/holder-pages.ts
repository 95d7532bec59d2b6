import type { Knex, Transaction } from '../../kernel/db/database.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import { listPage } from '../../web/list.js';
import { readPageQuery } from '../../web/pages/page-query.js';
import type { Page, PageAnswer, PageContext } from '../../web/pages/page.js';
import { cardIdsIn } from '../batch-checks.js';
import { getBatch, listRows } from '../../batch-rows/batch-reading.js';
import { readHead } from '../../batch-rows/batch-store.js';
import { largestBatch, type BatchHead, type HolderFilter } from '../../batch-rows/batch-types.js';
import {
  countChoosableHolders,
  departmentsOfHolders,
  listChoosableHolders,
  namesInCsv,
} from '../requesting/holder-choosing.js';
import { choosingHoldersForm, namesIn } from '../requesting/request-batch-form.js';
import { chooseHolders, forgetSkipped, leaveHolders, nameHolders, tickHolders } from '../requesting/request-draft.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchIdOf, type BatchPagesDeps } from './batch-pages-deps.js';
import { holdersPage } from './holders-page.js';
import { parameters, type HoldersQuery } from './holders-query.js';

const roles = ['operator'] as const;
const path = `${BATCHES_PATH}/:id/holders`;
const pageLength = 100;
/** Of those who cannot get a card, so many are shown. */
const shownSkipped = 50;
/** Largest list of names: as many as a batch order takes, with room for other columns. */
export const namesLimitBytes = 200 * largestBatch;

/** What a posted form does to the draft that a filter belongs to. */
const changes: Readonly<
  Record<
    'tick' | 'choose' | 'leave' | 'named' | 'forget',
    (trx: Transaction, id: string, filter: HolderFilter, form: FormData) => Promise<void>
  >
> = {
  tick: (trx, id, _filter, form) => {
    const chosen = cardIdsIn(form.getAll('chosen'));
    return tickHolders(trx, id, {
      chosen,
      left: cardIdsIn(form.getAll('shown')).filter((holder) => !chosen.includes(holder)),
    });
  },
  choose: chooseHolders,
  leave: leaveHolders,
  named: async (trx, id, _filter, form) => nameHolders(trx, id, await namesOf(form)),
  forget: forgetSkipped,
};

/** `/batches/:id/holders`: the owner of a draft chooses for whom cards are requested. Each choice is kept at once. */
export function holderPages(deps: BatchPagesDeps): Page[] {
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
      limitBytes: 2 * namesLimitBytes,
      handler: async (context) => {
        const { db, tasks } = deps;
        const { user, params, query, form } = context;
        const head = await ownDraft(db, batchIdOf(params), user.id);
        if (head.state !== 'draft') return { redirect: `${BATCHES_PATH}/${head.id}` };
        try {
          await db.transaction((trx) => change(trx, head.id, filterOf(readPageQuery(parameters, query)), form));
        } catch (raw) {
          if (
            !isProductError(raw, 'batch-too-large', 'batch-state', 'batch-empty', 'import-invalid', 'payload-too-large')
          )
            throw raw;
          return shown(deps, context, raw);
        }
        const { batch, variant, notice } = await choosingHoldersForm(db, head.id, null);
        await tasks.show(head, { json: { batch, variant }, notice });
        return { redirect: `${BATCHES_PATH}/${head.id}/holders?${query.toString()}` };
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
  const [batch, departments, counts, found, skipped, tasklist] = await Promise.all([
    getBatch(db, head.id),
    departmentsOfHolders(db),
    countChoosableHolders(db, head.id, filter),
    listChoosableHolders(db, head.id, { ...filter, choice: asked.state }, pageLength + 1, asked.cursor),
    listRows(db, head.id, { state: 'skipped', limit: shownSkipped }),
    tasks.addressOf(head),
  ]);
  const { items, next } = listPage(
    found,
    pageLength,
    ({ holder }) => holder,
    (row) => row.position,
  );
  return holdersPage({ batch, departments, counts, holders: items, next, asked, query, tasklist, refusal, skipped });
}

/** @throws ProductError `not-found` also for a draft of someone else, which is nobody's business */
async function ownDraft(db: Knex, id: string, account: string): Promise<BatchHead> {
  const head = await readHead(db, id);
  if (head.kind !== 'request' || (head.state === 'draft' && head.owner !== account))
    throw new ProductError('not-found', 'There is no such batch order.');
  return head;
}

function filterOf({ q, department }: HoldersQuery): HolderFilter {
  const given = (text: string) => (text === '' ? undefined : text);
  return { search: given(q), department: given(department) };
}

/** What was pasted and what was uploaded, together. A file field that was left empty arrives as a file without a byte. */
async function namesOf(form: FormData): Promise<string[]> {
  const pasted = form.get('names');
  const file = form.get('file');
  if (file instanceof File && file.size > namesLimitBytes) {
    throw new ProductError('payload-too-large', `The file has more than ${namesLimitBytes / 1_000_000} MB. Split it.`);
  }
  const uploaded = file instanceof File && file.size > 0 ? namesInCsv(new Uint8Array(await file.arrayBuffer())) : [];
  return [...(typeof pasted === 'string' ? namesIn(pasted) : []), ...uploaded];
}
