import { requestStates } from '../../../src/domain/request-states.js';
import type { CardRequestBody } from '../../../src/requests/request-schemas.js';
import { useCardTypeChoices } from '../../app/card-types.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { CardStateBadge } from '../../ui/card-state.js';
import type { Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';

const words = texts.requests;

const columns: readonly [Column<CardRequestBody>, ...Column<CardRequestBody>[]] = [
  {
    heading: words.columns.holder,
    cell: ({ holder, cardType }) => (
      <>
        {holder.name}
        <p class="soft">
          {holder.employeeNumber} · {cardType.name}
        </p>
      </>
    ),
  },
  {
    heading: words.columns.state,
    cell: ({ state, reason }) => (
      <>
        <CardStateBadge state={state} />
        {reason !== null && <p>{reason}</p>}
      </>
    ),
  },
  {
    heading: words.columns.requested,
    cell: ({ createdAt, requester }) => (
      <>
        <Time at={createdAt} />
        <p class="soft">{words.by(requester)}</p>
      </>
    ),
  },
  {
    heading: words.columns.decision,
    cell: ({ decision }) =>
      decision === null ? (
        texts.common.none
      ) : (
        <>
          <Time at={decision.decidedAt} />
          <p class="soft">{words.by(decision.approver ?? texts.cards.request.timeLimit)}</p>
        </>
      ),
  },
  {
    heading: words.columns.variant,
    cell: ({ variant, processDefinitionVersion }) => words.variant(variant, processDefinitionVersion),
  },
  {
    heading: words.columns.card,
    cell: ({ card }) =>
      card === null ? texts.common.none : <a href={pageUrl(`/cards/${card.id}`)}>{card.number ?? words.story}</a>,
  },
];

/** Every request, to be found by holder, state, type or requester. */
export default function RequestsPage() {
  const cardTypes = useCardTypeChoices();
  const filters: readonly Filter[] = [
    { name: 'q', kind: 'text', label: words.filters.q, hint: words.filters.qHint },
    { name: 'requester', kind: 'text', label: words.filters.requester, hint: words.filters.requesterHint },
    {
      name: 'state',
      kind: 'choice',
      label: words.filters.state,
      choices: requestStates.map((state) => [state, state] as const),
    },
    { name: 'cardType', kind: 'choice', label: words.filters.cardType, choices: cardTypes },
  ];
  return (
    <Page title={words.title} intro={words.intro}>
      <RecordList
        from="/card-requests"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
      />
    </Page>
  );
}
