import { useState } from 'preact/hooks';
import type { Role } from '../../../src/domain/roles.js';
import { useAction } from '../../app/action.js';
import { at, call } from '../../app/api.js';
import { texts } from '../../texts.js';
import { Dialog } from '../../ui/dialog.js';

const words = texts.accounts.groups.secondFactor;

export interface RoleSecondFactorProps {
  readonly group: { readonly role: Role; readonly secondFactor: boolean };
  readonly onSaved: () => void;
}

/** Whether everybody in a role has to have a second factor, and the switch. */
export function RoleSecondFactor({ group: { role, secondFactor }, onSaved }: RoleSecondFactorProps) {
  const [asking, setAsking] = useState(false);
  const name = texts.accounts.roles[role];
  const switching = useAction(async () => {
    await call('PUT', at`/groups/${role}/second-factor`, { body: { required: !secondFactor } });
    onSaved();
  });
  const button = secondFactor ? words.release : words.ask;
  return (
    <>
      <p>{secondFactor ? words.asked : words.notAsked}</p>
      <button type="button" class="quiet" aria-label={words.of(button, name)} onClick={() => setAsking(true)}>
        {button}
      </button>
      {asking && (
        <Dialog
          title={secondFactor ? words.releaseTitle(name) : words.askTitle(name)}
          confirm={button}
          action={switching}
          onClose={() => setAsking(false)}
        >
          <p>{secondFactor ? words.releaseIntro : words.askIntro}</p>
        </Dialog>
      )}
    </>
  );
}
