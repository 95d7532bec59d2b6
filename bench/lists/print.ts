import type { ListsResult } from './run.js';

/** Says what was measured. */
export function printLists({ lists, firstPage, goals }: ListsResult, say: (line: string) => void): void {
  const width = Math.max(...lists.map(({ name }) => name.length));
  say(
    `\n${`server time, ms (goal: p95 ≤ ${goals.listMs}, figures ≤ ${goals.figuresMs})`.padEnd(width)}     p50     p95`,
  );
  for (const { name, p50, p95, met } of lists)
    say(`${name.padEnd(width)} ${p50.toFixed(1).padStart(7)} ${p95.toFixed(1).padStart(7)}${met ? '' : '  MISSED'}`);
  const missed = lists.filter(({ met }) => !met).length;
  say(missed === 0 ? 'met    every list and figure' : `MISSED ${missed} of ${lists.length}`);
  if (firstPage === null) say('The console was not opened: there is no Chromium here.');
  else
    say(
      `${firstPage.met ? 'met   ' : 'MISSED'} the console's cards from an empty cache: median ${firstPage.median.toFixed(0)} ms of ${firstPage.times.length} (goal ≤ ${goals.firstPageMs})`,
    );
}
