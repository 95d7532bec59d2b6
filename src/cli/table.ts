export type Cell = string | number | null;

/** Text for a terminal: what comes from files and forms must neither break a line nor steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ').trim();
}

/** Rows below their headings, in columns as wide as their longest cell; a dash stands for nothing. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const lines = [headings, ...rows].map((row) => row.map(cellText));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => length(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((text, column) => pad(text, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cellText(cell: Cell): string {
  const text = cell === null ? '' : plain(String(cell));
  return text === '' ? '–' : text;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(width - length(text));
}

/** In characters as people count most of them, not in UTF-16 units. */
function length(text: string): number {
  return Array.from(text).length;
}
