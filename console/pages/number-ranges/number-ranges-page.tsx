import type { NumberRangeBody } from '../../../src/directory/number-ranges/number-range-routes.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import type { Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { NumbersLeft } from './numbers-left.js';

const words = texts.numberRanges;

const filters: readonly Filter[] = [{ name: 'q', kind: 'text', label: words.filter }];

const columns: readonly [Column<NumberRangeBody>, ...Column<NumberRangeBody>[]] = [
  {
    heading: words.columns.name,
    cell: ({ id, name }) => (
      <>
        <a href={pageUrl(`/number-ranges/${id}`)}>{name}</a>
        <p class="soft">{id}</p>
      </>
    ),
  },
  { heading: words.columns.next, cell: ({ next }) => (next === null ? texts.common.none : <code>{next}</code>) },
  { heading: words.columns.left, cell: ({ left }) => <NumbersLeft left={left} /> },
  {
    heading: words.columns.format,
    cell: ({ prefix, digits, suffix }) => <code>{words.format(prefix, digits, suffix)}</code>,
  },
];

/** The series of card numbers, and how much is left of each. */
export default function NumberRangesPage() {
  return (
    <Page title={words.title} intro={words.intro}>
      <RecordList
        from="/number-ranges"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
        tools={() => (
          <a class="button quiet" href={pageUrl('/number-ranges/+new')}>
            {words.add}
          </a>
        )}
      />
    </Page>
  );
}
