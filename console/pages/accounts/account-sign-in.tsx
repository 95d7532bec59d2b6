import { useState } from 'preact/hooks';
import type { AccountBody, SessionBody } from '../../../src/directory/accounts/account-routes.js';
import { useAction } from '../../app/action.js';
import { at, call, getTagged } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Dialog } from '../../ui/dialog.js';
import { CheckField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Note, RefusalNote } from '../../ui/note.js';
import { Time } from '../../ui/time.js';

const words = texts.accounts.signIn;

/** How an account signs in: its second factor, and where it is signed in now. */
export function SignInSection({ account: { id, secondFactor } }: { readonly account: AccountBody }) {
  const [required, setRequired] = useState(secondFactor.required);
  const [enrolled, setEnrolled] = useState(secondFactor.enrolled);
  const [saved, setSaved] = useState(false);
  const [asking, setAsking] = useState<'reset' | 'end' | null>(null);
  const sessions = useResource(`sessions of ${id}`, (signal) =>
    getTagged<{ readonly items: readonly SessionBody[] }>(at`/accounts/${id}/sessions`, signal),
  );
  const saving = useAction(async () => {
    await call('PUT', at`/accounts/${id}/second-factor`, { body: { required } });
    setSaved(true);
    sessions.reload();
  });
  const resetting = useAction(async () => {
    await call('DELETE', at`/accounts/${id}/second-factor`);
    setEnrolled(false);
    sessions.reload();
  });
  const ending = useAction(async () => {
    await call('DELETE', at`/accounts/${id}/sessions`);
    sessions.reload();
  });
  const close = () => setAsking(null);
  return (
    <section class="card" aria-labelledby="sign-in">
      <h2 id="sign-in">{words.title}</h2>
      <p>
        {words.factor}: <strong>{enrolled ? words.factorSet : words.factorNone}</strong>
      </p>
      <CheckField
        label={words.ask}
        hint={words.askHint}
        checked={required}
        onChange={(checked) => {
          setSaved(false);
          setRequired(checked);
        }}
      />
      {saved && <Note tone="good">{words.saved}</Note>}
      {saving.refusal !== null && <RefusalNote refusal={saving.refusal} />}
      <div class="actions">
        <button type="button" disabled={saving.busy} onClick={() => void saving.run()}>
          {words.save}
        </button>
        {enrolled && (
          <button type="button" class="quiet" onClick={() => setAsking('reset')}>
            {words.reset}
          </button>
        )}
      </div>
      <Loaded resource={sessions}>
        {({ body: { items } }) => (
          <>
            <DataTable
              caption={words.sessions}
              columns={[
                { heading: words.columns.program, cell: ({ program }) => program },
                { heading: words.columns.address, cell: ({ address }) => address },
                { heading: words.columns.since, cell: ({ since }) => <Time at={since} /> },
                { heading: words.columns.lastUse, cell: ({ lastUse }) => <Time at={lastUse} /> },
              ]}
              rows={items}
              keyOf={(session) => session.id}
              empty={`${words.sessions}: ${words.noSessions}`}
            />
            {items.length > 0 && (
              <button type="button" class="quiet" onClick={() => setAsking('end')}>
                {words.end}
              </button>
            )}
          </>
        )}
      </Loaded>
      {asking === 'reset' && (
        <Dialog title={words.resetTitle(id)} confirm={words.reset} action={resetting} onClose={close}>
          <p>{words.resetIntro}</p>
        </Dialog>
      )}
      {asking === 'end' && (
        <Dialog title={words.endTitle(id)} confirm={words.end} action={ending} onClose={close}>
          <p>{words.endIntro}</p>
        </Dialog>
      )}
    </section>
  );
}
