import type { ProfileBody } from '../../../src/directory/accounts/account-routes.js';
import { at, getTagged } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { TextField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { RecordForm } from '../../ui/record-form.js';

const words = texts.accounts;

/** Names and e-mail address of an account. */
export function AccountProfile({ id, onSaved }: { readonly id: string; readonly onSaved: () => void }) {
  const address = at`/accounts/${id}/profile`;
  const profile = useResource(`profile of ${id}`, (signal) => getTagged<ProfileBody>(address, signal));
  return (
    <section aria-labelledby="profile">
      <h2 id="profile">{words.profile}</h2>
      <Loaded resource={profile}>
        {(record) => (
          <RecordForm
            collection="/accounts"
            address={address}
            record={record}
            labels={words.fields}
            draftOf={draftOf}
            contentOf={({ firstName, lastName, email }) => ({ firstName, lastName, email })}
            onAdded={onSaved}
            onSaved={onSaved}
          >
            {({ of }) => (
              <>
                <TextField {...of('firstName')} required maxLength={100} />
                <TextField {...of('lastName')} required maxLength={100} />
                <TextField {...of('email')} required maxLength={320} />
              </>
            )}
          </RecordForm>
        )}
      </Loaded>
    </section>
  );
}

function draftOf(profile: ProfileBody | null) {
  const { id = '', firstName = '', lastName = '', email = '' } = profile ?? {};
  return { id, firstName, lastName, email };
}
