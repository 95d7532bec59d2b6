import { useEffect, useRef } from 'preact/hooks';
import { texts } from '../texts.js';
import { DataTable } from './data-table.js';

/** Values over time, one for each moment; null where there is none. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

export interface PlotProps {
  readonly title: string;
  /** Days (ISO 8601), oldest first. */
  readonly days: readonly string[];
  readonly series: readonly Series[];
  /** A value in words, for the axis and the table. */
  readonly say: (value: number) => string;
  readonly empty: string;
}

const height = 260;
const dayText = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
/** Distinguishable without colour: each has its own dash. */
const strokes = [
  { stroke: '#0b5c7d', dash: [] },
  { stroke: '#a4262c', dash: [8, 4] },
  { stroke: '#1b6b3a', dash: [3, 3] },
  { stroke: '#8a5a00', dash: [12, 3, 3, 3] },
];

/** Lines over days, and the same figures as a table for those who do not see them. The library is fetched with the first plot. */
export function Plot({ title, days, series, say, empty }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const stamp = JSON.stringify([days, series]);
  useEffect(() => {
    const target = place.current;
    if (target === null || days.length === 0) return undefined;
    let wanted = true;
    let end = (): void => undefined;
    void import('uplot').then(({ default: UPlot }) => {
      if (!wanted) return;
      const plot = new UPlot(
        {
          width: target.clientWidth,
          height,
          scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
          axes: [
            { values: (_plot, moments) => moments.map((moment) => dayText.format(moment * 1000)) },
            { size: 70, values: (_plot, values) => values.map(say) },
          ],
          series: [
            { value: (_plot, at) => (at == null ? texts.common.none : new Date(at * 1000).toISOString().slice(0, 10)) },
            ...series.map(({ name }, at) => ({
              ...strokes[at % strokes.length],
              label: name,
              width: 2,
              points: { show: days.length < 60 },
              spanGaps: true,
              value: (_plot: unknown, value: number | null) => (value === null ? texts.common.none : say(value)),
            })),
          ],
        },
        [days.map((day) => Date.parse(day) / 1000), ...series.map(({ values }) => [...values])],
        target,
      );
      const watch = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height }));
      watch.observe(target);
      end = () => {
        watch.disconnect();
        plot.destroy();
      };
    });
    return () => {
      wanted = false;
      end();
    };
  }, [stamp]);

  if (days.length === 0) return <p class="empty">{empty}</p>;
  return (
    <figure class="plot">
      <div ref={place} role="img" aria-label={title} />
      <details>
        <summary>{texts.plot.asTable}</summary>
        <DataTable
          caption={title}
          rows={days.map((day, at) => ({ day, at }))}
          keyOf={({ day }) => day}
          empty={null}
          columns={[
            { heading: texts.plot.day, cell: ({ day }) => day },
            ...series.map(({ name, values }) => ({
              heading: name,
              cell: ({ at }: { readonly at: number }) => saidOf(values[at] ?? null, say),
            })),
          ]}
        />
      </details>
    </figure>
  );
}

function saidOf(value: number | null, say: (value: number) => string): string {
  return value === null ? texts.common.none : say(value);
}
