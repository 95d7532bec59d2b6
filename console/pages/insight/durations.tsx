import type { InsightDurationsBody } from '../../../src/oversight/insight/insight-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { durationText } from '../../ui/duration.js';
import { Loaded } from '../../ui/loaded.js';
import { Plot } from '../../ui/plot.js';
import { periodsOf, spanOf } from './span.js';

const words = texts.insight.durations;
const legs = Object.keys(words.legs) as (keyof typeof words.legs)[];

/** How long cards took from step to step. */
export function Durations({ days }: { readonly days: number }) {
  const span = spanOf(days);
  const durations = useResource(`durations ${days}`, (signal) =>
    get<InsightDurationsBody>('/insight/durations', span, signal),
  );
  const periods = periodsOf(span);
  return (
    <section>
      <h2>{words.title}</h2>
      <p class="soft">{words.plot}</p>
      <Loaded resource={durations}>
        {({ items }) => (
          <Plot
            title={words.plot}
            days={items.length === 0 ? [] : periods}
            series={legs.map((leg) => ({
              name: words.legs[leg],
              values: periods.map(
                (period) => items.find((each) => each.leg === leg && each.period === period)?.p50 ?? null,
              ),
            }))}
            say={durationText}
            empty={words.empty}
          />
        )}
      </Loaded>
    </section>
  );
}
