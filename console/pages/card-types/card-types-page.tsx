import type { CardTypeBody } from '../../../src/directory/card-types/card-type-routes.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import type { Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';

const words = texts.cardTypes;

const filters: readonly Filter[] = [{ name: 'q', kind: 'text', label: words.filter }];

const columns: readonly [Column<CardTypeBody>, ...Column<CardTypeBody>[]] = [
  {
    heading: words.columns.name,
    cell: ({ id, name }) => (
      <>
        <a href={pageUrl(`/card-types/${id}`)}>{name}</a>
        <p class="soft">{id}</p>
      </>
    ),
  },
  { heading: words.columns.layout, cell: ({ layout }) => layout ?? <Missing /> },
  { heading: words.columns.numberRange, cell: ({ numberRange }) => linked('/number-ranges', numberRange) },
  { heading: words.columns.backend, cell: ({ backend }) => linked('/backends', backend) },
  { heading: words.columns.has, cell: whatItHas },
  {
    heading: words.columns.validity,
    cell: ({ validityMonths }) => (validityMonths === null ? words.forEver : words.months(validityMonths)),
  },
];

/** The kinds of card that can be requested. */
export default function CardTypesPage() {
  return (
    <Page title={words.title} intro={words.intro}>
      <RecordList
        from="/card-types"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
        tools={() => (
          <a class="button quiet" href={pageUrl('/card-types/+new')}>
            {words.add}
          </a>
        )}
      />
    </Page>
  );
}

function linked(page: string, id: string | null) {
  return id === null ? <Missing /> : <a href={pageUrl(`${page}/${id}`)}>{id}</a>;
}

function Missing() {
  return <Badge text={words.missing} tone="bad" />;
}

function whatItHas({ chip, photoRequired }: CardTypeBody): string {
  return [chip ? words.chip : [], photoRequired ? words.photo : []].flat().join(', ') || words.plain;
}
