import type { InsightFailuresBody } from '../../../src/oversight/insight/insight-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Loaded } from '../../ui/loaded.js';
import { Time } from '../../ui/time.js';
import { spanOf } from './span.js';

const words = texts.insight.failures;

/** Why cards were not made. */
export function Failures({ days }: { readonly days: number }) {
  const { from } = spanOf(days);
  const failures = useResource(`failures ${days}`, (signal) =>
    get<InsightFailuresBody>('/insight/failures', { from }, signal),
  );
  return (
    <section>
      <h2>{words.title}</h2>
      <Loaded resource={failures}>
        {({ items }) => (
          <DataTable
            caption={words.caption}
            rows={items}
            keyOf={({ backend, code }) => `${backend} ${code}`}
            empty={words.empty}
            columns={[
              { heading: words.columns.cause, cell: ({ code }) => code ?? words.noCode },
              { heading: words.columns.backend, cell: ({ backend }) => backend },
              { heading: words.columns.count, cell: ({ count }) => count.toLocaleString('en-GB') },
              { heading: words.columns.last, cell: ({ lastAt }) => <Time at={lastAt} /> },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
