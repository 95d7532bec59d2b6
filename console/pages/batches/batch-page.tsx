import type { BatchOrderBody, BatchRowBody } from '../../../src/batches/batch-schemas.js';
import { byWireState, rowWords, wireRowStates } from '../../../src/domain/batch-row-words.js';
import { apiUrl, at, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import type { Column } from '../../ui/data-table.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';
import { BatchProgress } from './batch-progress.js';

const words = texts.batches;
/** How often a batch order is read again while the page is seen (ms). */
const readEveryMs = 2_000;

type Kind = BatchOrderBody['kind'];

const stateNames = { issue: byWireState(rowWords.issue), request: byWireState(rowWords.request) } as const;

const filtersOf = (kind: Kind): readonly Filter[] => [
  {
    name: 'state',
    kind: 'choice',
    label: words.rows.state,
    choices: wireRowStates.map((state) => [state, stateNames[kind][state]] as const),
  },
];

const columnsOf = (kind: Kind): readonly [Column<BatchRowBody>, ...Column<BatchRowBody>[]] => [
  {
    heading: words.rows.columns.card,
    cell: ({ cardId, cardNumber, namedAs, cardType }) => (
      <>
        {cardId === null ? (
          (namedAs ?? texts.common.none)
        ) : (
          <a href={pageUrl(`/cards/${cardId}`)}>{cardNumber ?? texts.cards.noNumber}</a>
        )}
        {cardType !== null && <p class="soft">{cardType}</p>}
      </>
    ),
  },
  {
    heading: words.rows.columns.holder,
    cell: ({ holder }) =>
      holder === null ? (
        texts.common.none
      ) : (
        <>
          {holder.name}
          <p class="soft">{holder.employeeNumber}</p>
        </>
      ),
  },
  {
    heading: words.rows.columns.state,
    cell: ({ state }) => (
      <Badge
        text={stateNames[kind][state]}
        tone={state === 'produced' ? 'good' : state === 'failed' ? 'bad' : 'plain'}
      />
    ),
  },
  { heading: words.rows.columns.reason, cell: ({ reason, code }) => reason ?? code ?? texts.common.none },
];

/** One batch order with its progress. */
export default function BatchPage({ params }: PageProps) {
  const id = params['id'] ?? '';
  const batch = useResource(
    `batch ${id}`,
    (signal) => get<BatchOrderBody>(at`/batch-orders/${id}`, {}, signal),
    readEveryMs,
  );
  const kind = batch.data?.kind ?? 'issue';
  return (
    <Page title={batch.data === undefined ? words.title : words.one(batch.data.number, batch.data.label)}>
      <Loaded resource={batch}>{(found) => <Overview batch={found} />}</Loaded>
      <h2>{words.rows.title}</h2>
      <RecordList
        from={at`/batch-orders/${id}/rows`}
        caption={words.rows.caption}
        filters={filtersOf(kind)}
        columns={columnsOf(kind)}
        keyOf={({ ordinal }) => String(ordinal)}
        empty={words.rows.empty}
        tools={(query) => (
          <a class="button quiet" href={apiUrl(at`/batch-orders/${id}/rows.csv`, query)} download>
            {words.csv}
          </a>
        )}
      />
    </Page>
  );
}

function Overview({ batch }: { readonly batch: BatchOrderBody }) {
  const { kind, state, owner, round, createdAt, roundBeganAt, endedAt, firstFailure, counts } = batch;
  const countNames = stateNames[kind];
  return (
    <section class="card" aria-label={words.bar}>
      <BatchProgress batch={batch} />
      <ul class="steps" aria-label={words.counts}>
        {wireRowStates.map((name) => (
          <li key={name}>
            <span class="count">{counts[name].toLocaleString('en-GB')}</span> {countNames[name]}
          </li>
        ))}
      </ul>
      <Facts
        facts={[
          [words.facts.state, <Badge text={state} tone={state === 'completed' ? 'good' : 'plain'} />],
          [words.facts.kind, words.kinds[kind]],
          [words.facts.owner, owner],
          [words.facts.round, String(round)],
          [words.facts.made, <Time at={createdAt} />],
          [words.facts.began, roundBeganAt === null ? null : <Time at={roundBeganAt} />],
          [words.facts.ended, endedAt === null ? null : <Time at={endedAt} />],
          [
            words.facts.firstFailure,
            firstFailure === null
              ? null
              : `${firstFailure.holder?.name ?? ''}: ${firstFailure.reason ?? firstFailure.code ?? ''}`,
          ],
        ]}
      />
    </section>
  );
}
