import type { HolderBody } from '../../../src/directory/holders/holder-routes.js';
import { pageUrl, usePlace } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import type { Column } from '../../ui/data-table.js';
import { Note } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { HolderStateBadge } from './holder-state.js';

const words = texts.holders;

const filters: readonly Filter[] = [
  { name: 'q', kind: 'text', label: words.filters.q, hint: words.filters.qHint },
  { name: 'state', kind: 'choice', label: words.filters.state, choices: Object.entries(words.states) },
];

const columns: readonly [Column<HolderBody>, ...Column<HolderBody>[]] = [
  {
    heading: words.columns.name,
    cell: ({ id, givenName, familyName }) => (
      <a href={pageUrl(`/holders/${id}`)}>{words.name(givenName, familyName)}</a>
    ),
  },
  { heading: words.columns.number, cell: ({ employeeNumber }) => employeeNumber },
  { heading: words.columns.department, cell: ({ department }) => department || texts.common.none },
  { heading: words.columns.email, cell: ({ email }) => email },
  { heading: words.columns.state, cell: ({ state }) => <HolderStateBadge state={state} /> },
  {
    heading: words.columns.photo,
    cell: ({ hasPhoto }) => (hasPhoto ? words.hasPhoto : <Badge text={words.noPhoto} />),
  },
];

/** Who can own cards. */
export default function HoldersPage() {
  const { query } = usePlace();
  return (
    <Page title={words.title} intro={words.intro}>
      {query.get('done') === 'erased' && <Note tone="good">{words.erase.done}</Note>}
      <RecordList
        from="/holders"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
        tools={() => (
          <a class="button quiet" href={pageUrl('/holders/import')}>
            {words.import}
          </a>
        )}
      />
    </Page>
  );
}
