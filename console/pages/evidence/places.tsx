import type { AuditSealingBody } from '../../../src/records/audit/evidence-routes.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Time } from '../../ui/time.js';

const words = texts.evidence.anchors;

type Place = AuditSealingBody['places'][number];

/** Where the newest block is kept outside the database, whether it arrives, and what the last look found there. */
export function Places({ places, lastVerified }: Pick<AuditSealingBody, 'places' | 'lastVerified'>) {
  return (
    <section class="card" aria-labelledby="anchors">
      <h2 id="anchors">{words.title}</h2>
      <p class="soft">{words.intro}</p>
      <DataTable
        caption={words.caption}
        rows={places}
        keyOf={({ name }) => name}
        empty={words.empty}
        columns={[
          { heading: words.columns.place, cell: ({ name }) => <code>{name}</code> },
          {
            heading: words.columns.newest,
            cell: ({ block, anchoredAt }) => (
              <>
                {block === null ? words.nothing : words.block(block)}
                {anchoredAt !== null && (
                  <p class="soft">
                    <Time at={anchoredAt} />
                  </p>
                )}
              </>
            ),
          },
          {
            heading: words.columns.state,
            cell: ({ failing }) =>
              failing === null ? (
                words.taken
              ) : (
                <>
                  {words.failing(failing.message)} <Time at={failing.since} />
                </>
              ),
          },
          { heading: words.columns.found, cell: (place) => foundAt(place, lastVerified) },
        ]}
      />
    </section>
  );
}

function foundAt({ name, readable }: Place, lastVerified: AuditSealingBody['lastVerified']): string {
  if (!readable) return words.collected;
  const found = lastVerified?.places?.find((place) => place.name === name);
  if (found === undefined) return words.notLooked;
  if (found.problem === 'missing') return words.missing;
  if (found.problem !== null) return words.unreadable(found.problem);
  return found.provenTo === null ? words.unproven(found.count) : words.proven(found.count, found.provenTo);
}
