import type { CardStoryBody } from '../../../src/oversight/insight/card-story-routes.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import { DataTable } from '../../ui/data-table.js';
import { Time } from '../../ui/time.js';

const words = texts.cards.orders;

type Order = CardStoryBody['orders'][number];

/** What was ordered of a card, and what its backends answered. */
export function CardOrders({ orders, results }: Pick<CardStoryBody, 'orders' | 'results'>) {
  return (
    <>
      <h2>{words.title}</h2>
      <DataTable
        caption={words.caption}
        rows={orders}
        keyOf={({ number }) => String(number)}
        empty={words.empty}
        columns={[
          {
            heading: words.columns.number,
            cell: ({ number, backend, orderId }) => (
              <>
                {words.number(number, backend)}
                {orderId !== null && <p class="soft">{orderId}</p>}
              </>
            ),
          },
          {
            heading: words.columns.state,
            cell: ({ state }) => (
              <Badge text={state} tone={state === 'produced' ? 'good' : state === 'failed' ? 'bad' : 'plain'} />
            ),
          },
          {
            heading: words.columns.ordered,
            cell: ({ orderedAt, orderedBy }) => (
              <>
                <Time at={orderedAt} />
                <p class="soft">{words.by(orderedBy)}</p>
              </>
            ),
          },
          {
            heading: words.columns.ended,
            cell: ({ endedAt }) => (endedAt === null ? texts.common.none : <Time at={endedAt} />),
          },
          { heading: words.columns.said, cell: (order) => <Said order={order} /> },
        ]}
      />
      {results.length > 0 && (
        <details>
          <summary>{words.results}</summary>
          <ul>
            {results.map(({ number, outcome, applied, receivedAt }) => (
              <li key={`${number} ${outcome} ${receivedAt}`}>
                {words.result(number, outcome, applied)} – <Time at={receivedAt} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Said({ order: { reason, evidence, spoilt } }: { readonly order: Order }) {
  const proven = Object.entries(evidence)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
  return (
    <>
      {[reason, proven].filter(Boolean).join(' – ') || texts.common.none}
      {spoilt !== null && <p>{words.spoilt(spoilt.by, spoilt.reason)}</p>}
    </>
  );
}
