import { z } from 'zod';
import { CARDS_PATH, readBackendStatuses } from '../../production/index.js';
import type { BackendStatus } from '../../production/backends/administration/backend-status.js';
import type { Knex } from '../../kernel/db/database.js';
import { rowStateOf, rowWords, wireRowStates } from '../../domain/batch-row-words.js';
import type { BatchKind } from '../../domain/batch-states.js';
import { listPage, listQuery } from '../../web/list.js';
import { badge } from '../../web/pages/badge.js';
import { html, type Html } from '../../web/pages/html.js';
import { doneNote, refusalNote } from '../../web/pages/notes.js';
import { readPageQuery } from '../../web/pages/page-query.js';
import type { PageAnswer } from '../../web/pages/page.js';
import { time } from '../../web/pages/time.js';
import { backendsOf, listRows } from '../../batch-rows/index.js';
import type { BatchDetails, BatchRow } from '../../batch-rows/batch-types.js';
import { BATCHES_PATH } from './batch-list-page.js';
import { whatNext, type Onlooker } from './batch-page-actions.js';
import { batchBadge, batchName, cardsText, doneSentences, durationText, texts, wordsOf } from './batch-page-texts.js';
import { rowList } from './batch-row-list.js';

const pageLength = 50;
const parameters = listQuery(z.int().min(1), {
  state: z.enum(['all', ...wireRowStates]).default('all'),
  done: z.string().optional(),
}).omit({ limit: true });

/** One batch order: its progress, what can be done next, and what became of each of its cards. */
export async function batchStoryPage(
  db: Knex,
  batch: BatchDetails,
  query: URLSearchParams,
  onlooker: Onlooker,
): Promise<PageAnswer> {
  const { state, cursor } = readPageQuery(parameters, query);
  const rows = await listRows(db, batch.id, {
    state: state === 'all' ? undefined : rowStateOf(state),
    after: cursor,
    limit: pageLength + 1,
  });
  const { items, next } = listPage(
    rows,
    pageLength,
    (row) => row,
    (row) => row.ordinal,
  );
  const moves = batch.state === 'ordering' || batch.state === 'running';
  const stopped = moves ? await stoppedBackends(db, batch.id) : [];
  const { refused } = onlooker;
  return {
    title: batchName(batch),
    live: true,
    ...(refused !== null && { status: refused.refusal.status }),
    main: html`${refused === null ? doneNote(query, doneSentences) : refusalNote(refused.refusal)}
<div id="standing" data-live>${moves && html`<div data-refresh></div>`}
${stopped.map(({ text }) => html`<p class="note bad" role="status">${text}</p>`)}
${progress(batch, stopped.length > 0)}
${facts(batch)}
</div>
<h2>${texts.next}</h2>
<div id="next" data-live>
${whatNext(batch, onlooker)}
</div>
<h2>${wordsOf[batch.kind].rows}</h2>
<div id="rows" data-live>
${rowList(batch, { rows: items, state, first: cursor === undefined, next, mayPick: onlooker.mayAct })}
</div>
<p>${moves && html`<noscript><a href="${BATCHES_PATH}/${batch.id}">${texts.lookAgain}</a> · </noscript>`}<a href="${BATCHES_PATH}">${texts.title}</a></p>`,
  };
}

/** Those that hold the batch order up. */
async function stoppedBackends(db: Knex, id: string): Promise<BackendStatus[]> {
  const [backends, statuses] = await Promise.all([backendsOf(db, id), readBackendStatuses(db)]);
  return backends.flatMap((backend) => statuses.get(backend) ?? []).filter(({ works }) => !works);
}

/** Leaves out the remaining time where there is no rate to estimate it: at the beginning of a round, and while a machine has stopped. */
function progress({ state, counts, secondsLeft }: BatchDetails, standsStill: boolean): Html | null {
  if (state === 'draft') return null;
  const { chosen, skipped, succeeded, failed, withdrawn } = counts;
  const [ended, all] = [succeeded + failed + withdrawn, chosen - skipped];
  const left =
    secondsLeft === null || standsStill ? null : html`, ${durationText(secondsLeft)} to go at the rate of this round`;
  return html`<p id="progress"><strong>${ended} of ${cardsText(all)} done</strong>${state === 'running' && left}</p>
<progress value="${ended}" max="${Math.max(all, 1)}" aria-labelledby="progress"></progress>`;
}

function facts(batch: BatchDetails): Html {
  const { kind, round, owner, counts, firstFailure, createdAt, roundBeganAt, endedAt } = batch;
  const words = rowWords[kind];
  const { chosen, skipped, ordered, succeeded, failed, withdrawn } = counts;
  return html`<dl class="card">
<dt>State</dt><dd>${badge(batchBadge(batch))}</dd>
<dt>Owner</dt><dd>${owner}</dd>
<dt>Chosen</dt><dd>${cardsText(chosen)}${skipped > 0 && html`, of which ${skipped} skipped`}</dd>
${
  round > 0 &&
  html`<dt>${words.ordered}</dt><dd>${ordered}</dd>
<dt>${words.succeeded}</dt><dd>${succeeded}</dd>
<dt>${words.failed}</dt><dd>${failed}</dd>`
}
${withdrawn > 0 && html`<dt>${words.withdrawn}</dt><dd>${withdrawn}</dd>`}
${firstFailure !== null && html`<dt>${wordsOf[kind].first}</dt><dd>${failedName(kind, firstFailure)}: ${firstFailure.reason}</dd>`}
<dt>Made</dt><dd>${time(createdAt)}</dd>
${roundBeganAt !== null && html`<dt>${kind === 'issue' ? `Round ${round} began` : 'Requested'}</dt><dd>${time(roundBeganAt)}</dd>`}
${endedAt !== null && html`<dt>Ended</dt><dd>${time(endedAt)}</dd>`}
</dl>`;
}

/** Only production operators and administrators have a page for a card. */
function failedName(kind: BatchKind, { cardId, cardNumber, holder }: BatchRow): Html | string | null {
  const name = holder?.name ?? cardNumber;
  return kind === 'issue' ? html`<a href="${CARDS_PATH}/${cardId}">${name}</a>` : name;
}
