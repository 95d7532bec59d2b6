import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Time } from '../../ui/time.js';
import { stateText, type UseCaseDetails } from './use-case-data.js';

const words = texts.useCases.history;

/** Every state that it was in, who brought it about and why. */
export function History({ useCase, history }: UseCaseDetails) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.title}</h2>
      <DataTable
        caption={words.caption}
        rows={history}
        keyOf={({ revision }) => String(revision)}
        empty={words.empty}
        columns={[
          { heading: words.when, cell: ({ at }) => <Time at={at} /> },
          { heading: words.who, cell: ({ actor }) => actor },
          { heading: words.state, cell: (state) => stateText(useCase, state) },
          {
            heading: words.reason,
            cell: ({ reason, revision }) =>
              reason ?? (revision === history.at(-1)?.revision ? words.first : texts.common.none),
          },
        ]}
      />
    </section>
  );
}
