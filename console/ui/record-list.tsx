import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, type Query } from '../app/api.js';
import { navigate, pageUrl, usePlace, type Place } from '../app/router.js';
import { dayAfter } from '../app/time-zone.js';
import { useResource } from '../app/resource.js';
import { texts } from '../texts.js';
import { DataTable, type Column } from './data-table.js';
import { ChoiceField, TextField } from './field.js';
import { Loaded } from './loaded.js';

/** A way to narrow a list; its value is kept in the address under its name, which is also the name of the API's parameter. */
export type Filter = { readonly name: string; readonly label: string; readonly hint?: string } & (
  | { readonly kind: 'text' | 'from-day' | 'to-day' }
  | { readonly kind: 'choice'; readonly choices: readonly (readonly [value: string, text: string])[] }
);

/** A page of a list, as the API answers it. */
export interface Records<Row> {
  readonly items: readonly Row[];
  /** Cursor of the next page; null at the end. */
  readonly next: string | null;
}

export interface RecordListProps<Row> {
  /** Below `/api/v1`: a list with `limit`, `cursor` and the parameters that the filters name. */
  readonly from: string;
  readonly caption: string;
  readonly filters: readonly Filter[];
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly keyOf: (row: Row) => string;
  readonly empty: ComponentChildren;
  /** Buttons and links beside those of the filters, made from what the filters say. */
  readonly tools?: (query: Query) => ComponentChildren;
}

const rowsOnPage = 50;

/** A list to search and to leaf through. Filters and page are in the address, so that it can be sent on and gone back to. */
export function RecordList<Row>({ from, caption, filters, columns, keyOf, empty, tools }: RecordListProps<Row>) {
  const place = usePlace();
  const cursor = place.query.get('cursor');
  const filter = filterOf(filters, place);
  const query = { ...filter, cursor, limit: rowsOnPage };
  const records = useResource(`${from} ${JSON.stringify(query)}`, (signal) => get<Records<Row>>(from, query, signal));
  const to = (next: string | null) => pageUrl(place.path, { ...kept(filters, place), cursor: next });
  return (
    <>
      {filters.length > 0 && <FilterForm filters={filters} place={place} />}
      {tools !== undefined && <div class="tools">{tools(filter)}</div>}
      <div class={records.loading && records.data !== undefined ? 'loading' : undefined} aria-busy={records.loading}>
        <Loaded resource={records}>
          {({ items, next }) => (
            <>
              <DataTable caption={caption} columns={columns} rows={items} keyOf={keyOf} empty={empty} />
              {(cursor !== null || next !== null) && (
                <nav aria-label={texts.list.pages}>
                  <ul class="filters">
                    {cursor !== null && (
                      <li>
                        <a href={to(null)}>{texts.list.first}</a>
                      </li>
                    )}
                    {next !== null && (
                      <li>
                        <a href={to(next)}>{texts.list.next}</a>
                      </li>
                    )}
                  </ul>
                </nav>
              )}
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function FilterForm({ filters, place }: { readonly filters: readonly Filter[]; readonly place: Place }) {
  const inForce = kept(filters, place);
  const [values, setValues] = useState(inForce);
  const stamp = JSON.stringify(inForce);
  useEffect(() => {
    setValues(JSON.parse(stamp) as typeof inForce);
  }, [stamp]);
  const apply = (event: Event) => {
    event.preventDefault();
    navigate(pageUrl(place.path, values));
  };
  return (
    <form class="search" role="search" onSubmit={apply}>
      {filters.map((filter) => {
        const { name, label, hint } = filter;
        const shared = {
          label,
          value: values[name] ?? '',
          onChange: (value: string) => setValues({ ...values, [name]: value }),
          ...(hint === undefined ? {} : { hint }),
        };
        if (filter.kind === 'choice')
          return <ChoiceField key={name} {...shared} choices={[['', texts.list.any], ...filter.choices]} />;
        return <TextField key={name} {...shared} type={filter.kind === 'text' ? 'search' : 'date'} maxLength={100} />;
      })}
      <div class="actions">
        <button>{texts.list.search}</button>
        {Object.keys(inForce).length > 0 && (
          <a class="button quiet" href={pageUrl(place.path)}>
            {texts.list.clear}
          </a>
        )}
      </div>
    </form>
  );
}

/** The filters that are set, as the address has them. */
function kept(filters: readonly Filter[], { query }: Place): Record<string, string> {
  return Object.fromEntries(
    filters.flatMap(({ name }) => {
      const value = query.get(name)?.trim() ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );
}

/** The filters as the API takes them: a day begins the list, and the day after the last one ends it. */
function filterOf(filters: readonly Filter[], place: Place): Record<string, string> {
  const values = kept(filters, place);
  for (const { name, kind } of filters) {
    const value = values[name];
    if (value !== undefined && kind === 'to-day') values[name] = dayAfter(value, 1);
  }
  return values;
}
