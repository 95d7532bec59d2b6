import { useState } from 'preact/hooks';
import type { IncidentBody } from '../../../src/oversight/insight/incident-routes.js';
import { useAction } from '../../app/action.js';
import { at, call, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Loaded } from '../../ui/loaded.js';
import { Note, RefusalNote } from '../../ui/note.js';
import type { Records } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';

const words = texts.insight.incidents;
/** How often incidents are looked for while the page is seen (ms). */
const readEveryMs = 10_000;

/** What the engine gave up, each with a way to have it tried again. */
export function Incidents() {
  const [retried, setRetried] = useState(false);
  const incidents = useResource(
    'incidents',
    (signal) => get<Records<IncidentBody>>('/incidents', {}, signal),
    readEveryMs,
  );
  const retrying = useAction(async (id: string) => {
    setRetried(false);
    await call('POST', at`/incidents/${id}/retry`);
    setRetried(true);
    incidents.reload();
  });
  return (
    <section>
      <h2>{words.title}</h2>
      <p class="soft">{words.intro}</p>
      {retried && <Note tone="good">{words.retried}</Note>}
      {retrying.refusal !== null && <RefusalNote refusal={retrying.refusal} />}
      <Loaded resource={incidents}>
        {({ items }) => (
          <DataTable
            caption={words.caption}
            rows={items}
            keyOf={({ id }) => id}
            empty={words.empty}
            columns={[
              {
                heading: words.columns.what,
                cell: ({ message, topic }) => (
                  <>
                    {message ?? texts.common.none}
                    {topic !== null && <p class="soft">{topic}</p>}
                  </>
                ),
              },
              {
                heading: words.columns.process,
                cell: (each) => words.step(texts.audit.version(each.processKey, each.processVersion), each.activityId),
              },
              { heading: words.columns.since, cell: (each) => <Time at={each.at} /> },
              {
                heading: words.columns.about,
                cell: ({ cardId, businessKey }) =>
                  cardId === null ? (
                    (businessKey ?? texts.common.none)
                  ) : (
                    <a href={pageUrl(`/cards/${cardId}`)}>{words.card}</a>
                  ),
              },
              {
                heading: words.columns.retry,
                cell: ({ id, activityId, processInstanceId }) => (
                  <button
                    type="button"
                    class="quiet"
                    disabled={retrying.busy}
                    aria-label={words.retryOf(activityId, processInstanceId)}
                    onClick={() => void retrying.run(id)}
                  >
                    {words.retry}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
