import { html, type Html, type HtmlPart } from './html.js';

/** A column; the first one of a table says what its rows are about. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => HtmlPart;
}

/** A table with a caption. On a narrow screen each row becomes a block, with the headings beside the values. */
export function dataTable<Row>(
  caption: string,
  [subject, ...others]: readonly [Column<Row>, ...Column<Row>[]],
  rows: readonly Row[],
): Html {
  return html`<table class="data">
<caption>${caption}</caption>
<thead><tr>${[subject, ...others].map(({ heading }) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) => html`<tr><th scope="row">${subject.cell(row)}</th>${others.map(
    ({ heading, cell }) => html`<td data-heading="${heading}"><div>${cell(row)}</div></td>`,
  )}</tr>
`,
)}</tbody>
</table>`;
}
