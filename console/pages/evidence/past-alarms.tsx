import type { AuditSealingBody } from '../../../src/records/audit/evidence-routes.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Time } from '../../ui/time.js';

const words = texts.evidence.past;

/** Findings of an alarm that are named in its line; the others are counted. */
const mostNamed = 3;

/** Alarms of the past, who acknowledged them and why. */
export function PastAlarms({ acknowledged }: Pick<AuditSealingBody, 'acknowledged'>) {
  return (
    <section class="card" aria-labelledby="past">
      <h2 id="past">{words.title}</h2>
      <DataTable
        caption={words.caption}
        rows={acknowledged}
        keyOf={({ id }) => id}
        empty={words.empty}
        columns={[
          {
            heading: words.columns.found,
            cell: ({ findings, findingCount }) => {
              const named = findings.slice(0, mostNamed);
              return (
                <>
                  {named.map(({ message }, at) => (
                    <p key={at}>{message}</p>
                  ))}
                  {findingCount > named.length && <p class="soft">{words.more(findingCount - named.length)}</p>}
                </>
              );
            },
          },
          { heading: words.columns.raised, cell: ({ raisedAt }) => <Time at={raisedAt} /> },
          { heading: words.columns.when, cell: ({ acknowledgedAt }) => <Time at={acknowledgedAt} /> },
          { heading: words.columns.by, cell: ({ acknowledgedBy }) => acknowledgedBy },
          { heading: words.columns.reason, cell: ({ reason }) => reason },
        ]}
      />
    </section>
  );
}
