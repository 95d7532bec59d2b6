import type { ComponentChildren } from 'preact';

/** A column; the first one of a table says what its rows are about. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => ComponentChildren;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said where there is no row. */
  readonly empty: ComponentChildren;
}

/** A table, drawn as those of the server's pages: on a narrow screen each row is a block with the headings beside the values. */
export function DataTable<Row>({ caption, columns: [subject, ...others], rows, keyOf, empty }: DataTableProps<Row>) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <table class="data">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {[subject, ...others].map(({ heading }) => (
            <th key={heading} scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            <th scope="row">{subject.cell(row)}</th>
            {others.map(({ heading, cell }) => (
              <td key={heading} data-heading={heading}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
