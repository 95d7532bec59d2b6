import type { AccountBody } from '../../../src/directory/accounts/account-routes.js';
import { texts } from '../../texts.js';

const words = texts.accounts;

/** Roles that one person has and should not have together, with what that person could do alone. */
export function Conflicts({ conflicts }: Pick<AccountBody, 'conflicts'>) {
  return (
    <ul class="differences">
      {conflicts.map(({ roles, why }) => (
        <li key={roles.join()}>
          <strong>{roles.map((role) => words.roles[role]).join(' + ')}:</strong> {why}
        </li>
      ))}
    </ul>
  );
}
