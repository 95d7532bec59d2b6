import type { BackendBody, BackendKindBody } from '../../../src/production/backends/administration/backend-routes.js';
import { pageUrl, usePlace } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import type { Column } from '../../ui/data-table.js';
import { Note } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { BackendStateSummary } from './backend-state.js';
import { kindName, useBackendKinds } from './kinds.js';
import { addressOf } from './settings.js';

const words = texts.backends;

const filters: readonly Filter[] = [{ name: 'q', kind: 'text', label: words.filter }];

const columnsOf = (kinds: readonly BackendKindBody[]): readonly [Column<BackendBody>, ...Column<BackendBody>[]] => [
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
    cell: (backend) => (
      <>
        {kindName(kinds, backend)} {backend.simulated && <Badge text={words.simulated} />}
      </>
    ),
  },
  { heading: words.columns.address, cell: (backend) => <code>{addressIn(kinds, backend)}</code> },
  { heading: words.columns.state, cell: ({ id }) => <BackendStateSummary id={id} /> },
];

function addressIn(kinds: readonly BackendKindBody[], { kind, settings }: BackendBody): string {
  const fields = kinds.find((each) => each.kind === kind)?.settings ?? [];
  return addressOf(fields, settings) ?? texts.common.none;
}

/** Who makes the cards, and how they are. */
export default function BackendsPage() {
  const { query } = usePlace();
  const kinds = useBackendKinds();
  return (
    <Page title={words.title} intro={words.intro}>
      {query.get('done') === 'deleted' && <Note tone="good">{words.remove.done}</Note>}
      <RecordList
        from="/backends"
        caption={words.caption}
        filters={filters}
        columns={columnsOf(kinds.data ?? [])}
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
