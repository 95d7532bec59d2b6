import { useState } from 'preact/hooks';
import type { PendingChangeBody } from '../../../src/directory/pending-changes/pending-change-routes.js';
import { useAction } from '../../app/action.js';
import { at, call, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Dialog } from '../../ui/dialog.js';
import { Loaded } from '../../ui/loaded.js';
import { Note } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import type { Records } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';

const words = texts.changes;

interface Asking {
  readonly change: PendingChangeBody;
  readonly how: 'confirm' | 'reject';
}

/** What waits for a second administrator. */
export default function ChangesPage() {
  const changes = useResource('pending-changes', (signal) =>
    get<Records<PendingChangeBody>>('/pending-changes', {}, signal),
  );
  const [asking, setAsking] = useState<Asking | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const settling = useAction(async () => {
    if (asking === null) return;
    const { change, how } = asking;
    await call('POST', at`/pending-changes/${change.id}/${how}`);
    setDone(how === 'confirm' ? words.confirmed(change.id) : words.rejected(change.id));
    changes.reload();
  });
  const ask = (next: Asking) => {
    setDone(null);
    settling.clear();
    setAsking(next);
  };
  return (
    <Page title={words.title} intro={words.intro}>
      <p>
        <a href={pageUrl('/options')}>{words.option}</a>
      </p>
      {done !== null && <Note tone="good">{done}</Note>}
      <Loaded resource={changes}>
        {({ items }) => (
          <DataTable
            caption={words.caption}
            columns={columnsOf(ask)}
            rows={items}
            keyOf={({ id }) => id}
            empty={words.empty}
          />
        )}
      </Loaded>
      {asking !== null && (
        <Dialog
          title={asking.how === 'confirm' ? words.askConfirm : words.askReject}
          confirm={words[asking.how]}
          action={settling}
          onClose={() => setAsking(null)}
        >
          <p>{asking.change.what}</p>
          <p>{asking.how === 'confirm' ? words.inName(asking.change.requestedBy) : words.notMade}</p>
        </Dialog>
      )}
    </Page>
  );
}

function columnsOf(
  ask: (asking: Asking) => void,
): readonly [Column<PendingChangeBody>, ...Column<PendingChangeBody>[]] {
  return [
    { heading: words.columns.what, cell: ({ id, what }) => `${id}: ${what}` },
    {
      heading: words.columns.by,
      cell: ({ requestedBy, requestedAt }) => (
        <>
          {requestedBy}, <Time at={requestedAt} />
        </>
      ),
    },
    {
      heading: words.columns.state,
      cell: ({ outcome, settledBy, settledAt, expiresAt }) =>
        outcome === null ? (
          <>
            {words.waits} <Time at={expiresAt} />
          </>
        ) : (
          <>
            {words.outcomes[outcome]} {words.by(settledBy ?? '')} <Time at={settledAt ?? expiresAt} />
          </>
        ),
    },
    {
      heading: words.columns.do,
      cell: (change) =>
        change.outcome === null && (
          <div class="actions">
            <button type="button" onClick={() => ask({ change, how: 'confirm' })}>
              {words.confirm}
            </button>
            <button type="button" class="quiet" onClick={() => ask({ change, how: 'reject' })}>
              {words.reject}
            </button>
          </div>
        ),
    },
  ];
}
