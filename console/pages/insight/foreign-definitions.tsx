import type { ForeignDefinitionBody } from '../../../src/variants/deployments/foreign-routes.js';
import { useAction } from '../../app/action.js';
import { at, call, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Note, RefusalNote } from '../../ui/note.js';
import type { Records } from '../../ui/record-list.js';

const words = texts.insight.foreign;
/** How often they are looked for while the page is seen (ms). */
const readEveryMs = 30_000;

/** Definitions of the process engine that never passed the deploy gate; nothing while there are none, as there should be. */
export function ForeignDefinitions() {
  const foreign = useResource(
    'foreign definitions',
    (signal) => get<Records<ForeignDefinitionBody>>('/foreign-definitions', {}, signal),
    readEveryMs,
  );
  const mending = useAction(async (definitionId: string, method: 'POST' | 'DELETE') => {
    const path =
      method === 'POST' ? at`/foreign-definitions/${definitionId}/adopt` : at`/foreign-definitions/${definitionId}`;
    await call(method, path);
    foreign.reload();
  });
  const items = foreign.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section>
      <h2>{words.title}</h2>
      <Note tone="bad">{words.intro}</Note>
      {mending.refusal !== null && <RefusalNote refusal={mending.refusal} />}
      <DataTable
        caption={words.title}
        rows={items}
        keyOf={({ definitionId }) => definitionId}
        empty={null}
        columns={[
          {
            heading: words.process,
            cell: ({ kind, key, version }) => `${words.kinds[kind]} ${texts.audit.version(key, version)}`,
          },
          {
            heading: words.cure,
            cell: ({ definitionId }) => (
              <>
                <button
                  type="button"
                  class="quiet"
                  disabled={mending.busy}
                  onClick={() => void mending.run(definitionId, 'POST')}
                >
                  {words.adopt}
                </button>
                <button
                  type="button"
                  class="quiet"
                  disabled={mending.busy}
                  onClick={() => void mending.run(definitionId, 'DELETE')}
                >
                  {words.remove}
                </button>
              </>
            ),
          },
        ]}
      />
    </section>
  );
}
