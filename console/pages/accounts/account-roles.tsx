import { useState } from 'preact/hooks';
import type { AccountBody } from '../../../src/directory/accounts/account-routes.js';
import { conflictsOf } from '../../../src/domain/separation-of-duties.js';
import { useAction } from '../../app/action.js';
import { asRefusal, at, call, getTagged } from '../../app/api.js';
import { texts } from '../../texts.js';
import { CheckField } from '../../ui/field.js';
import { Note, RefusalNote } from '../../ui/note.js';
import { Conflicts } from './conflicts.js';
import { roleNames, type Role } from './roles.js';

const words = texts.accounts;

export interface AccountRolesProps {
  readonly account: AccountBody;
  readonly etag: string | null;
}

/**
 * The roles of an account, changed upon those that were seen: when somebody else was quicker, it shows what they changed, keeps
 * the ticks, and leaves the decision to the person.
 */
export function AccountRoles({ account, etag }: AccountRolesProps) {
  const [seen, setSeen] = useState({ roles: account.roles, etag });
  const [roles, setRoles] = useState<ReadonlySet<Role>>(new Set(account.roles));
  const [saved, setSaved] = useState(false);
  const [meanwhile, setMeanwhile] = useState<readonly string[]>([]);
  const saving = useAction(async () => {
    setSaved(false);
    setMeanwhile([]);
    try {
      const answer = await call<AccountBody>('PUT', at`/accounts/${account.id}/roles`, {
        body: { roles: [...roles] },
        ifMatch: seen.etag,
      });
      setSeen({ roles: answer.body.roles, etag: answer.etag });
      setSaved(true);
    } catch (raw) {
      if (asRefusal(raw).code !== 'stale') throw raw;
      const now = await getTagged<AccountBody>(at`/accounts/${account.id}`);
      setMeanwhile(changes(seen.roles, now.body.roles));
      setSeen({ roles: now.body.roles, etag: now.etag });
    }
  });
  const set = (role: Role, checked: boolean) => {
    setSaved(false);
    setRoles(new Set(roleNames.filter((each) => (each === role ? checked : roles.has(each)))));
  };
  const conflicts = conflictsOf(roles);
  return (
    <form
      class="card record"
      aria-label={words.rolesTitle}
      onSubmit={(event) => {
        event.preventDefault();
        void saving.run();
      }}
    >
      <fieldset>
        <legend>{words.rolesTitle}</legend>
        {roleNames.map((role) => (
          <CheckField
            key={role}
            label={words.roles[role]}
            hint={words.roleHelp[role]}
            checked={roles.has(role)}
            onChange={(checked) => set(role, checked)}
          />
        ))}
      </fieldset>
      {conflicts.length > 0 && (
        <Note>
          <p>
            <strong>{words.conflictTitle}</strong>
          </p>
          <Conflicts conflicts={conflicts} />
          <p>{words.conflictCure}</p>
        </Note>
      )}
      {meanwhile.length > 0 && (
        <Note tone="bad">
          <p>
            <strong>{texts.record.meanwhile}</strong>
          </p>
          <ul>
            {meanwhile.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p>{words.meanwhileIntro}</p>
        </Note>
      )}
      {saved && <Note tone="good">{words.rolesSaved}</Note>}
      {saving.refusal !== null && <RefusalNote refusal={saving.refusal} />}
      <div class="actions">
        <button disabled={saving.busy}>{words.rolesSubmit}</button>
      </div>
    </form>
  );
}

/** What somebody else has given and taken away, each as a sentence. */
function changes(before: readonly Role[], now: readonly Role[]): string[] {
  const given = now.filter((role) => !before.includes(role)).map((role) => words.meanwhileGiven(words.roles[role]));
  const taken = before.filter((role) => !now.includes(role)).map((role) => words.meanwhileTaken(words.roles[role]));
  return [...given, ...taken];
}
