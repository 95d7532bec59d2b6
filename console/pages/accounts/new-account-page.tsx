import { useState } from 'preact/hooks';
import type { NewAccountBody } from '../../../src/directory/accounts/account-routes.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { CheckField, TextField } from '../../ui/field.js';
import { Page } from '../../ui/page.js';
import { RecordForm } from '../../ui/record-form.js';
import { OneTimePassword } from './one-time-password.js';
import { roleNames } from './roles.js';

const words = texts.accounts;

const empty = {
  id: '',
  firstName: '',
  lastName: '',
  email: '',
  ...Object.fromEntries(roleNames.map((role) => [role, false])),
} as Readonly<Record<'id' | 'firstName' | 'lastName' | 'email', string> & Record<(typeof roleNames)[number], boolean>>;

/** An account is made; its first password is shown this once. */
export default function NewAccountPage() {
  const [made, setMade] = useState<NewAccountBody | null>(null);
  return (
    <Page title={words.create}>
      {made === null ? (
        <RecordForm<NewAccountBody, typeof empty>
          collection="/accounts"
          record={null}
          labels={{ ...words.fields, ...words.roles }}
          places={{ 'exists-already': 'id' }}
          draftOf={() => empty}
          contentOf={({ id, firstName, lastName, email, ...roles }) => ({
            id,
            firstName,
            lastName,
            email,
            roles: roleNames.filter((role) => roles[role]),
          })}
          onAdded={setMade}
        >
          {({ of, ticked }) => (
            <>
              <TextField {...of('id')} hint={words.idHint} required maxLength={64} />
              <TextField {...of('firstName')} required maxLength={100} />
              <TextField {...of('lastName')} required maxLength={100} />
              <TextField {...of('email')} required maxLength={320} />
              <fieldset>
                <legend>{words.rolesTitle}</legend>
                {roleNames.map((role) => (
                  <CheckField key={role} {...ticked(role)} hint={words.roleHelp[role]} />
                ))}
              </fieldset>
            </>
          )}
        </RecordForm>
      ) : (
        <>
          <OneTimePassword password={made.password} />
          <p>
            <a href={pageUrl(`/accounts/${encodeURIComponent(made.id)}`)}>{made.id}</a>
          </p>
        </>
      )}
    </Page>
  );
}
