import { useState } from 'preact/hooks';
import type { AccountBody } from '../../../src/directory/accounts/account-routes.js';
import { useAction } from '../../app/action.js';
import { at, call, getTagged } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { navigate, pageUrl } from '../../app/router.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { Dialog } from '../../ui/dialog.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { Time } from '../../ui/time.js';
import { AccountProfile } from './account-profile.js';
import { AccountRoles } from './account-roles.js';
import { SignInSection } from './account-sign-in.js';
import { OneTimePassword } from './one-time-password.js';

const words = texts.accounts;

/** One account: whose it is, its roles, a new password, its end. */
export default function AccountPage({ params: { id = '' } }: PageProps) {
  const account = useResource(`account ${id}`, (signal) => getTagged<AccountBody>(at`/accounts/${id}`, signal));
  return (
    <Page title={id}>
      <Loaded resource={account}>
        {({ body: found, etag }) => (
          <>
            <section class="card" aria-label={id}>
              <Facts
                facts={[
                  [words.facts.name, found.name],
                  [words.facts.email, found.email],
                  [
                    words.facts.lastSignIn,
                    found.lastSignInAt === null ? words.never : <Time at={found.lastSignInAt} />,
                  ],
                  [
                    words.facts.holder,
                    found.holderId === null ? null : <a href={pageUrl(`/holders/${found.holderId}`)}>{words.holder}</a>,
                  ],
                ]}
              />
            </section>
            <AccountProfile id={id} onSaved={account.reload} />
            <AccountRoles account={found} etag={etag} />
            <SignInSection account={found} />
            <Password id={id} />
            <Removal id={id} />
          </>
        )}
      </Loaded>
    </Page>
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
      <button type="button" class="quiet" onClick={() => setAsking(true)}>
        {words.password.reset}
      </button>
      {asking && (
        <Dialog
          title={words.password.resetTitle(id)}
          confirm={words.password.reset}
          action={making}
          onClose={() => setAsking(false)}
        >
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
      <button type="button" class="quiet" onClick={() => setAsking(true)}>
        {words.remove.button}
      </button>
      {asking && (
        <Dialog
          title={words.remove.ask(id)}
          confirm={words.remove.confirm}
          action={removing}
          onClose={() => setAsking(false)}
        >
          <p>{words.remove.intro}</p>
        </Dialog>
      )}
    </section>
  );
}
