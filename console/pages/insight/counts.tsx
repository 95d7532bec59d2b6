import type { InsightCountsBody } from '../../../src/oversight/insight/insight-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { Loaded } from '../../ui/loaded.js';
import { Plot } from '../../ui/plot.js';
import { periodsOf, spanOf } from './span.js';

const words = texts.insight.counts;

type Counted = InsightCountsBody['cards'];

/** How many requests and cards came to be. */
export function Counts({ days }: { readonly days: number }) {
  const span = spanOf(days);
  const counts = useResource(`counts ${days}`, (signal) => get<InsightCountsBody>('/insight/counts', span, signal));
  const periods = periodsOf(span);
  const perPeriod = (of: Counted) =>
    periods.map((period) => of.filter((each) => each.period === period).reduce((sum, { count }) => sum + count, 0));
  return (
    <section>
      <h2>{words[span.per]}</h2>
      <Loaded resource={counts}>
        {({ requests, cards }) => (
          <Plot
            title={words[span.per]}
            days={requests.length + cards.length === 0 ? [] : periods}
            series={[
              { name: words.requests, values: perPeriod(requests) },
              { name: words.cards, values: perPeriod(cards) },
              {
                name: words.made,
                values: perPeriod(cards.filter(({ state }) => state === 'issued' || state === 'active')),
              },
            ]}
            say={(value) => value.toLocaleString('en-GB')}
            empty={words.empty}
          />
        )}
      </Loaded>
    </section>
  );
}
