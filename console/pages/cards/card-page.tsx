import type { CardStoryBody } from '../../../src/oversight/insight/card-story-routes.js';
import { at, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { CardStateBadge } from '../../ui/card-state.js';
import { DataTable } from '../../ui/data-table.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { Time } from '../../ui/time.js';
import { CardOrders } from './card-orders.js';
import { CardPictures } from './card-pictures.js';
import { CardPlaces } from './card-places.js';
import { CardRequest } from './card-request.js';

const words = texts.cards;
/** How often a card that is not at its end is read again while the page is seen (ms). */
const readEveryMs = 5_000;

/** One card's whole story. */
export default function CardPage({ params }: PageProps) {
  const id = params['id'] ?? '';
  const story = useResource(
    `story ${id}`,
    (signal) => get<CardStoryBody>(at`/cards/${id}/story`, {}, signal),
    readEveryMs,
  );
  return (
    <Page title={story.data === undefined ? words.title : words.one(story.data.card.number)}>
      <Loaded resource={story}>{(found) => <Story story={found} />}</Loaded>
    </Page>
  );
}

function Story({ story }: { readonly story: CardStoryBody }) {
  const { card, request, snapshot, orders, results, places, audit } = story;
  return (
    <>
      <div class="pair">
        <section class="card" aria-label={words.one(card.number)}>
          <Facts
            facts={[
              [words.facts.state, <CardStateBadge state={card.state} />],
              [words.facts.holder, `${card.holder.name} (${card.holder.employeeNumber})`],
              [words.facts.cardType, card.cardType.name],
              [words.facts.created, <Time at={card.createdAt} />],
              [words.facts.changed, <Time at={card.changedAt} />],
            ]}
          />
        </section>
        <CardRequest request={request} snapshotAt={snapshot?.takenAt ?? null} />
      </div>
      <CardPictures card={card} approved={snapshot !== null} />
      <CardOrders orders={orders} results={results} />
      <CardPlaces places={places} />
      <h2>{words.story.title}</h2>
      <DataTable
        caption={words.story.caption}
        rows={audit}
        keyOf={(row) => row.id}
        empty={words.story.empty}
        columns={[
          { heading: words.story.columns.what, cell: (row) => row.action },
          { heading: words.story.columns.who, cell: ({ actor }) => actor },
          { heading: words.story.columns.when, cell: (row) => <Time at={row.at} /> },
          {
            heading: words.story.columns.state,
            cell: ({ fromState, toState }) => texts.audit.became(fromState, toState) || texts.common.none,
          },
          {
            heading: words.story.columns.process,
            cell: ({ processKey, processVersion }) =>
              processKey === null ? texts.common.none : texts.audit.version(processKey, processVersion),
          },
        ]}
      />
    </>
  );
}
