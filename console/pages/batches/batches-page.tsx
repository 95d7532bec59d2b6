import type { BatchOrderBody } from '../../../src/batches/batch-schemas.js';
import { batchKinds, batchStates } from '../../../src/domain/batch-states.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import type { Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';
import { BatchProgress } from './batch-progress.js';

const words = texts.batches;

const filters: readonly Filter[] = [
  { name: 'number', kind: 'text', label: words.filters.number },
  {
    name: 'kind',
    kind: 'choice',
    label: words.filters.kind,
    choices: batchKinds.map((kind) => [kind, words.kinds[kind]] as const),
  },
  {
    name: 'state',
    kind: 'choice',
    label: words.filters.state,
    choices: batchStates.map((state) => [state, state] as const),
  },
];

const columns: readonly [Column<BatchOrderBody>, ...Column<BatchOrderBody>[]] = [
  {
    heading: words.columns.batch,
    cell: ({ id, number, label, kind }) => (
      <>
        <a href={pageUrl(`/batches/${id}`)}>{words.one(number, label)}</a>
        <p class="soft">{words.kinds[kind]}</p>
      </>
    ),
  },
  {
    heading: words.columns.state,
    cell: ({ state }) => <Badge text={state} tone={state === 'completed' ? 'good' : 'plain'} />,
  },
  { heading: words.columns.progress, cell: (batch) => <BatchProgress batch={batch} /> },
  { heading: words.columns.owner, cell: ({ owner }) => owner },
  { heading: words.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    heading: words.columns.ended,
    cell: ({ endedAt }) => (endedAt === null ? texts.common.none : <Time at={endedAt} />),
  },
];

/** Every batch order, with how far it is. */
export default function BatchesPage() {
  return (
    <Page title={words.title} intro={words.intro}>
      <RecordList
        from="/batch-orders"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
      />
    </Page>
  );
}
