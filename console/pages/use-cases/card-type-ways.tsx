import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { choiceText, chosen, type UseCaseDetails } from './use-case-data.js';

const words = texts.useCases.cardTypes;

/** Which way new requests for each card type go: their own, or that of everyone. */
export function CardTypeWays({ useCase, cardTypes }: UseCaseDetails) {
  const forAll = chosen(useCase);
  const own = (cardType: string) => useCase.cardTypes[cardType] ?? null;
  const change = (query: Record<string, string>) => pageUrl(`/use-cases/${useCase.id}/change`, query);
  if (forAll === null) return null;
  return (
    <section aria-labelledby="card-types">
      <h2 id="card-types">{words.title}</h2>
      <p class="soft">{words.intro}</p>
      <DataTable
        caption={words.caption}
        rows={cardTypes}
        keyOf={({ id }) => id}
        empty={words.empty}
        columns={[
          { heading: words.cardType, cell: ({ name }) => name },
          {
            heading: words.way,
            cell: ({ id }) => (
              <>
                {choiceText(useCase, own(id) ?? forAll)}
                <p class="soft">{own(id) === null ? words.follows : words.own}</p>
              </>
            ),
          },
          {
            heading: words.change,
            cell: ({ id, name }) => (
              <div class="links-inline">
                <a
                  href={change({ do: 'card-type', cardType: id, variant: (own(id) ?? forAll).variant })}
                  aria-label={`${words.choose} ${name}`}
                >
                  {words.choose}
                </a>
                {own(id) !== null && (
                  <a href={change({ do: 'follow', cardType: id })} aria-label={`${words.follow} ${name}`}>
                    {words.follow}
                  </a>
                )}
              </div>
            ),
          },
        ]}
      />
    </section>
  );
}
