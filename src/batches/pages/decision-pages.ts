import { createHash } from 'node:crypto';
import type { Knex } from '../../kernel/db/database.js';
import { decisions } from '../../domain/decisions.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import type { Page, PageAnswer, PageContext } from '../../web/pages/page.js';
import { fingerprintOf, readRequestContents } from '../../requests/index.js';
import type { RequestContent } from '../../requests/request-content.js';
import { getVisible } from '../batch-access.js';
import { listRows } from '../../batch-rows/index.js';
import type { BatchRow } from '../../batch-rows/batch-types.js';
import type { BatchDecision } from '../../batch-rows/batch-types.js';
import { readExceptions } from '../requesting/request-batch-form.js';
import { decideBatch } from '../requesting/request-batch-service.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { batchIdOf, type BatchPagesDeps } from './batch-pages-deps.js';
import { decisionPage, type DecidingRow, type TriedDecision } from './decision-page.js';

const roles = ['approver'] as const;
const path = `${BATCHES_PATH}/:id/decision`;
/** Rows that are listed with a box each; exceptions behind them are named by their places. */
const shownRows = 500;
/** Five hundred reasons, and what is around them. */
const limitBytes = 1_000_000;

/** `/batches/:id/decision`: an approver decides on a batch of requests, all but the ticked ones. The same as the task in Tasklist. */
export function decisionPages(deps: BatchPagesDeps): Page[] {
  return [
    {
      method: 'get',
      path,
      roles,
      handler: (context) => shown(deps, context),
    },
    {
      method: 'post',
      path,
      roles,
      limitBytes,
      handler: async (context) => {
        const { db, requestTasks } = deps;
        const { params, form, user } = context;
        const id = batchIdOf(params);
        const tried = readTried(form);
        try {
          await assertSame(db, id, tried);
          await decideBatch(db, requestTasks, user.id, id, decisionOf(tried));
        } catch (raw) {
          if (!isProductError(raw) || raw.code === 'not-found' || raw.status >= 500) throw raw;
          return shown(deps, context, { ...tried, refusal: raw });
        }
        return { redirect: `${BATCHES_PATH}/${id}?done=decided` };
      },
    },
  ];
}

async function shown(
  { db }: BatchPagesDeps,
  { params, user }: PageContext,
  tried: TriedDecision | null = null,
): Promise<PageAnswer> {
  const id = batchIdOf(params);
  const batch = await getVisible(db, user, id);
  if (batch.kind !== 'request') throw new ProductError('not-found', 'There is no such batch of requests.');
  if (batch.state !== 'running' && tried === null) return { redirect: `${BATCHES_PATH}/${id}` };
  const { rows, seen } = await readDeciding(db, id);
  return decisionPage({ batch, rows, seen, tried });
}

/** The first rows that wait, with what an approver is shown of each; `seen` is different when any of them is. */
async function readDeciding(db: Knex, id: string): Promise<{ rows: DecidingRow[]; seen: string }> {
  const waiting = await listRows(db, id, { state: 'ordered', limit: shownRows });
  const contents = new Map(
    (
      await readRequestContents(
        db,
        waiting.flatMap(({ requestId }) => requestId ?? []),
      )
    ).map((content) => [content.id, content]),
  );
  const rows = waiting.flatMap((row) => decidingRow(row, contents.get(row.requestId ?? '')));
  const seen = createHash('sha256')
    .update(rows.map(({ fingerprint }) => fingerprint).join('\n'))
    .digest('base64url');
  return { rows, seen };
}

function decidingRow({ ordinal }: BatchRow, content: RequestContent | undefined): DecidingRow[] {
  if (content === undefined) return [];
  const { name, employeeNumber, department, email, photoId } = content.holder;
  return [{ ordinal, name, employeeNumber, department, email, photoId, fingerprint: fingerprintOf(content) }];
}

/** What was approved is what was on this very page. @throws ProductError `request-outdated` */
async function assertSame(db: Knex, id: string, { decision, seen }: Tried): Promise<void> {
  if (decision !== 'approve' || (await readDeciding(db, id)).seen === seen) return;
  throw new ProductError(
    'request-outdated',
    'The list has changed since you opened it: a card holder has other data, or a request was decided or aborted. Nothing was decided. Look again.',
  );
}

type Tried = Omit<TriedDecision, 'refusal'>;

function readTried(form: FormData): Tried {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const ticked = new Set(
    form
      .getAll('except')
      .filter((place) => typeof place === 'string')
      .map(Number),
  );
  const reasons = new Map(
    [...form.entries()].flatMap(([name, value]): [number, string][] => {
      const place = /^reason-(\d{1,6})$/.exec(name)?.[1];
      return place === undefined || typeof value !== 'string' || value.trim() === ''
        ? []
        : [[Number(place), value.trim()]];
    }),
  );
  const decision = decisions.find((each) => each === text('decision')) ?? null;
  return { decision, reason: text('reason'), lines: text('lines'), seen: text('seen'), ticked, reasons };
}

/** A row that is ticked, or has a reason beside it, is an exception. */
function decisionOf({ decision, reason, lines, ticked, reasons }: Tried): BatchDecision {
  if (decision === null) throw new ProductError('invalid-request', 'Choose Approve or Reject.');
  if (decision === 'reject') return { decision, reason, exceptions: [] };
  const places = [...new Set([...ticked, ...reasons.keys()])].sort((one, other) => one - other);
  return {
    decision,
    reason: null,
    exceptions: [...places.map((row) => ({ row, reason: reasons.get(row) ?? '' })), ...readExceptions(lines)],
  };
}
