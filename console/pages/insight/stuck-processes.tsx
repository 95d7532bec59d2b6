import type { StuckProcessBody } from '../../../src/oversight/insight/stuck-routes.js';
import { useAction } from '../../app/action.js';
import { at, call, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Note, RefusalNote } from '../../ui/note.js';
import type { Records } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';

const words = texts.insight.stuck;
/** How often they are looked for while the page is seen (ms). */
const readEveryMs = 30_000;

type Cure = keyof typeof words.cures;

const paths: Readonly<Record<Cure, (stuck: StuckProcessBody) => string>> = {
  startAgain: ({ kind, id }) => at`/stuck-processes/${kind}/${id}/start-again`,
  adopt: ({ id }) => at`/card-requests/${id}/adopt-decision`,
  end: ({ id }) => at`/card-requests/${id}/abort`,
};

/** What has no process and gets none by itself, with its cures; nothing while there is none, as there should be. */
export function StuckProcesses() {
  const stuck = useResource(
    'stuck processes',
    (signal) => get<Records<StuckProcessBody>>('/stuck-processes', {}, signal),
    readEveryMs,
  );
  const mending = useAction(async (one: StuckProcessBody, cure: Cure) => {
    await call('POST', paths[cure](one), cure === 'end' ? { body: { reason: words.endReason } } : {});
    stuck.reload();
  });
  const items = stuck.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section>
      <h2>{words.title}</h2>
      <Note tone="bad">{words.intro}</Note>
      {mending.refusal !== null && <RefusalNote refusal={mending.refusal} />}
      <DataTable
        caption={words.title}
        rows={items}
        keyOf={({ kind, id }) => `${kind} ${id}`}
        empty={null}
        columns={[
          {
            heading: words.columns.what,
            cell: ({ kind, id }) => (
              <>
                {words.kinds[kind]} <code>{id}</code>
              </>
            ),
          },
          { heading: words.columns.message, cell: ({ message }) => message },
          { heading: words.columns.since, cell: ({ foundAt }) => <Time at={foundAt} /> },
          {
            heading: words.columns.cure,
            cell: (one) =>
              curesOf(one).map((cure) => (
                <button
                  key={cure}
                  type="button"
                  class="quiet"
                  disabled={mending.busy}
                  onClick={() => void mending.run(one, cure)}
                >
                  {words.cures[cure]}
                </button>
              )),
          },
        ]}
      />
    </section>
  );
}

function curesOf({ kind, cause }: StuckProcessBody): readonly Cure[] {
  if (kind !== 'card-request') return ['startAgain'];
  return cause === 'process-ended' ? ['adopt', 'startAgain', 'end'] : ['startAgain', 'end'];
}
