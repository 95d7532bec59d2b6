import { useState } from 'preact/hooks';
import type { AccountBody } from '../../../src/accounts/account-routes.js';
import { conflictsOf } from '../../../src/domain/separation-of-duties.js';
import { useAction } from '../../app/action.js';
import { at, call, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { navigate, pageUrl } from '../../app/router.js';
import type { PageProps } from '../../pages.js';
import { texts } from '../../texts.js';
import { Dialog } from '../../ui/dialog.js';
import { Facts } from '../../ui/facts.js';
import { CheckField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Note, RefusalNote } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { Time } from '../../ui/time.js';
import { Conflicts } from './conflicts.js';
import { OneTimePassword } from './one-time-password.js';
import { roleNames, type Role } from './roles.js';

const words = texts.accounts;

/** One account: its roles, a new password, its end. */
export default function AccountPage({ params: { id = '' } }: PageProps) {
  const account = useResource(`account ${id}`, (signal) => get<AccountBody>(at`/accounts/${id}`, {}, signal));
  return (
    <Page title={id}>
      <Loaded resource={account}>
        {(found) => (
          <>
            <section class="card" aria-label={id}>
              <Facts
                facts={[
                  [words.facts.name, found.name],
                  [words.facts.email, found.email],
                  [words.facts.lastSignIn, found.lastSignInAt === null ? words.never : <Time at={found.lastSignInAt} />],
                  [words.facts.holder, found.holderId === null ? null : <a href={pageUrl(`/holders/${found.holderId}`)}>{words.holder}</a>],
                ]}
              />
            </section>
            <Roles account={found} />
            <Password id={id} />
            <Removal id={id} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Roles({ account }: { readonly account: AccountBody }) {
  const [roles, setRoles] = useState<ReadonlySet<Role>>(new Set(account.roles));
  const [saved, setSaved] = useState(false);
  const saving = useAction(async () => {
    setSaved(false);
    await call('PUT', at`/accounts/${account.id}/roles`, { body: { roles: [...roles] } });
    setSaved(true);
  });
  const set = (role: Role, checked: boolean) => {
    setSaved(false);
    setRoles(new Set(roleNames.filter((each) => (each === role ? checked : roles.has(each)))));
  };
  const conflicts = conflictsOf(roles);
  return (
    <form class="card record" aria-label={words.rolesTitle} onSubmit={(event) => {
      event.preventDefault();
      void saving.run();
    }}>
      <fieldset>
        <legend>{words.rolesTitle}</legend>
        {roleNames.map((role) => <CheckField key={role} label={words.roles[role]} hint={words.roleHelp[role]} checked={roles.has(role)} onChange={(checked) => set(role, checked)} />)}
      </fieldset>
      {conflicts.length > 0 && (
        <Note>
          <p><strong>{words.conflictTitle}</strong></p>
          <Conflicts conflicts={conflicts} />
          <p>{words.conflictCure}</p>
        </Note>
      )}
      {saved && <Note tone="good">{words.rolesSaved}</Note>}
      {saving.refusal !== null && <RefusalNote refusal={saving.refusal} />}
      <div class="actions"><button disabled={saving.busy}>{words.rolesSubmit}</button></div>
    </form>
  );
}

function Password({ id }: { readonly id: string }) {
  const [asking, setAsking] = useState(false);
  const [password, setPassword] = useState<string | null>(null);
  const making = useAction(async () => {
    setPassword((await call<{ readonly password: string }>('POST', at`/accounts/${id}/password`)).body.password);
  });
  return (
    <section class="card" aria-labelledby="password">
      <h2 id="password">{words.password.title}</h2>
      <p>{words.password.intro}</p>
      {password !== null && <OneTimePassword password={password} />}
      <button type="button" class="quiet" onClick={() => setAsking(true)}>{words.password.reset}</button>
      {asking && (
        <Dialog title={words.password.resetTitle(id)} confirm={words.password.reset} action={making} onClose={() => setAsking(false)}>
          <p>{words.password.intro}</p>
        </Dialog>
      )}
    </section>
  );
}

function Removal({ id }: { readonly id: string }) {
  const [asking, setAsking] = useState(false);
  const removing = useAction(async () => {
    await call('DELETE', at`/accounts/${id}`);
    navigate(pageUrl('/accounts'));
  });
  return (
    <section class="card" aria-labelledby="removal">
      <h2 id="removal">{words.remove.title}</h2>
      <p>{words.remove.intro}</p>
      <button type="button" class="quiet" onClick={() => setAsking(true)}>{words.remove.button}</button>
      {asking && (
        <Dialog title={words.remove.ask(id)} confirm={words.remove.confirm} action={removing} onClose={() => setAsking(false)}>
          <p>{words.remove.intro}</p>
        </Dialog>
      )}
    </section>
  );
}
