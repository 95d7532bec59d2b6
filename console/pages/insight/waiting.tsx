import type { InsightWaitingBody } from '../../../src/oversight/insight/insight-routes.js';
import type { CardState } from '../../../src/domain/card-states.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { CardStateBadge } from '../../ui/card-state.js';
import { DataTable } from '../../ui/data-table.js';
import { durationText } from '../../ui/duration.js';
import { Loaded } from '../../ui/loaded.js';
import { Time } from '../../ui/time.js';

const words = texts.insight.waiting;

/** Where cards wait now, and how long they have. */
export function Waiting() {
  const waiting = useResource('waiting', (signal) => get<InsightWaitingBody>('/insight/waiting', {}, signal));
  return (
    <section>
      <h2>{words.title}</h2>
      <Loaded resource={waiting}>
        {({ items }) => (
          <DataTable
            caption={words.caption}
            rows={items}
            keyOf={({ state }) => state}
            empty={words.empty}
            columns={[
              { heading: words.columns.state, cell: ({ state }) => <CardStateBadge state={state as CardState} /> },
              {
                heading: words.columns.count,
                cell: ({ state, count }) => <a href={pageUrl('/cards', { state })}>{count.toLocaleString('en-GB')}</a>,
              },
              { heading: words.columns.half, cell: ({ p50 }) => durationText(p50) },
              { heading: words.columns.most, cell: ({ p90 }) => durationText(p90) },
              { heading: words.columns.oldest, cell: ({ oldestAt }) => <Time at={oldestAt} /> },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
