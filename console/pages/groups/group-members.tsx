import { useState } from 'preact/hooks';
import type { GroupBody } from '../../../src/directory/groups/group-routes.js';
import { useAction } from '../../app/action.js';
import { at, call } from '../../app/api.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Note, RefusalNote } from '../../ui/note.js';

const words = texts.groups.members;

/** Who is in a group; people are put in and taken out one at a time. */
export function GroupMembers({
  group: { id, members, retired },
  onChange,
}: {
  readonly group: GroupBody;
  readonly onChange: () => void;
}) {
  const [account, setAccount] = useState('');
  const [added, setAdded] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
  const adding = useAction(async () => {
    setAdded(null);
    await call('PUT', at`/groups/${id}/members/${account.trim()}`);
    setAdded(account.trim());
    setAccount('');
    onChange();
  });
  const removing = useAction(async () => {
    setAdded(null);
    await call('DELETE', at`/groups/${id}/members/${leaving ?? ''}`);
    onChange();
  });
  return (
    <section class="card" aria-labelledby="members">
      <h2 id="members">{words.title}</h2>
      <DataTable
        caption={words.caption}
        rows={members}
        keyOf={(each) => each}
        empty={words.empty}
        columns={[
          { heading: words.columns.account, cell: (each) => <a href={pageUrl(`/accounts/${each}`)}>{each}</a> },
          {
            heading: words.columns.action,
            cell: (each) => (
              <button type="button" class="quiet" onClick={() => setLeaving(each)}>
                {words.remove(each)}
              </button>
            ),
          },
        ]}
      />
      {retired ? (
        <p class="soft">{words.retired}</p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void adding.run();
          }}
        >
          <TextField label={words.account} value={account} onChange={setAccount} required maxLength={64} />
          {adding.refusal !== null && <RefusalNote refusal={adding.refusal} />}
          {added !== null && <Note tone="good">{words.added(added)}</Note>}
          <div class="actions">
            <button disabled={adding.busy}>{words.add}</button>
          </div>
        </form>
      )}
      {leaving !== null && (
        <Dialog
          title={words.removeTitle(leaving)}
          confirm={words.removeButton}
          action={removing}
          onClose={() => setLeaving(null)}
        >
          <p>{words.removeIntro}</p>
        </Dialog>
      )}
    </section>
  );
}
