import type { AuditSealingBody } from '../../../src/records/audit/evidence-routes.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Time } from '../../ui/time.js';

const words = texts.evidence.keys;

/** Which key has signed which blocks, and the public keys. */
export function Keys({ keys, signingKey, publicKeys }: Pick<AuditSealingBody, 'keys' | 'signingKey' | 'publicKeys'>) {
  const stateOf = ({ id, known }: AuditSealingBody['keys'][number]) => {
    if (id === null) return words.before;
    if (id === signingKey) return words.signs;
    return known ? words.known : words.unknown;
  };
  return (
    <section class="card" aria-labelledby="keys">
      <h2 id="keys">{words.title}</h2>
      <p class="soft">{words.intro}</p>
      <DataTable
        caption={words.caption}
        rows={keys}
        keyOf={({ id }) => id ?? ''}
        empty={words.empty}
        columns={[
          { heading: words.columns.key, cell: ({ id }) => (id === null ? words.unsigned : <code>{id}</code>) },
          { heading: words.columns.state, cell: stateOf },
          { heading: words.columns.blocks, cell: ({ blocks, first, last }) => words.range(blocks, first, last) },
          {
            heading: words.columns.time,
            cell: ({ since, until }) => (
              <>
                <Time at={since} /> – <Time at={until} />
              </>
            ),
          },
        ]}
      />
      {publicKeys.length > 0 && (
        <details>
          <summary>{words.publicKeys}</summary>
          <pre>{publicKeys.join('\n')}</pre>
        </details>
      )}
    </section>
  );
}
