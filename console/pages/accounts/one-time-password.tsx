import { texts } from '../../texts.js';
import { Note } from '../../ui/note.js';

/** A password that is shown once. */
export function OneTimePassword({ password }: { readonly password: string }) {
  return (
    <Note tone="good">
      <p>
        <strong>{texts.accounts.password.shown}</strong>
      </p>
      <p>
        <code class="password">{password}</code>
      </p>
    </Note>
  );
}
