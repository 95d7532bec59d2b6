import type { CardBody } from '../../../src/cards/card-routes.js';
import { cardStates } from '../../../src/domain/card-states.js';
import { useCardTypeChoices } from '../../app/card-types.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { CardStateBadge } from '../../ui/card-state.js';
import type { Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';

const words = texts.cards;

const columns: readonly [Column<CardBody>, ...Column<CardBody>[]] = [
  {
    heading: words.columns.card,
    cell: ({ id, number, cardType }) => (
      <>
        <a href={pageUrl(`/cards/${id}`)}>{number ?? words.noNumber}</a>
        <p class="soft">{cardType.name}</p>
      </>
    ),
  },
  {
    heading: words.columns.holder,
    cell: ({ holder }) => (
      <>
        {holder.name}
        <p class="soft">{holder.employeeNumber}</p>
      </>
    ),
  },
  { heading: words.columns.state, cell: ({ state }) => <CardStateBadge state={state} /> },
  { heading: words.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { heading: words.columns.changed, cell: ({ changedAt }) => <Time at={changedAt} /> },
];

/** Every card, to be found by number, holder, state or type. */
export default function CardsPage() {
  const cardTypes = useCardTypeChoices();
  const filters: readonly Filter[] = [
    { name: 'q', kind: 'text', label: words.filters.q, hint: words.filters.qHint },
    {
      name: 'state',
      kind: 'choice',
      label: words.filters.state,
      choices: cardStates.map((state) => [state, state] as const),
    },
    { name: 'cardType', kind: 'choice', label: words.filters.cardType, choices: cardTypes },
  ];
  return (
    <Page title={words.title} intro={words.intro}>
      <RecordList
        from="/cards"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
      />
    </Page>
  );
}
