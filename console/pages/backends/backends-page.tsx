import type { BackendBody } from '../../../src/production/backends/administration/backend-routes.js';
import { pageUrl, usePlace } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import type { Column } from '../../ui/data-table.js';
import { Note } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { BackendStateSummary } from './backend-state.js';

const words = texts.backends;

const filters: readonly Filter[] = [{ name: 'q', kind: 'text', label: words.filter }];

const columns: readonly [Column<BackendBody>, ...Column<BackendBody>[]] = [
  {
    heading: words.columns.name,
    cell: ({ id, name }) => (
      <>
        <a href={pageUrl(`/backends/${id}`)}>{name}</a>
        <p class="soft">{id}</p>
      </>
    ),
  },
  {
    heading: words.columns.kind,
    cell: ({ kind, simulated }) => (
      <>
        {words.kinds[kind]} {simulated && <Badge text={words.simulated} />}
      </>
    ),
  },
  { heading: words.columns.address, cell: ({ settings }) => <code>{addressIn(settings)}</code> },
  { heading: words.columns.state, cell: ({ id }) => <BackendStateSummary id={id} /> },
];

/** Print bureaus have a `url`, printers a `uri`. */
function addressIn({ url, uri }: BackendBody['settings']): string {
  const address = url ?? uri;
  return typeof address === 'string' ? address : texts.common.none;
}

/** Who makes the cards, and how they are. */
export default function BackendsPage() {
  const { query } = usePlace();
  return (
    <Page title={words.title} intro={words.intro}>
      {query.get('done') === 'deleted' && <Note tone="good">{words.remove.done}</Note>}
      <RecordList
        from="/backends"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
        tools={() => (
          <a class="button quiet" href={pageUrl('/backends/+new')}>
            {words.add}
          </a>
        )}
      />
    </Page>
  );
}
