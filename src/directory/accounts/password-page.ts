import { isProductError, ProductError } from '../../kernel/errors.js';
import { html } from '../../web/pages/html.js';
import { refusalNote } from '../../web/pages/notes.js';
import type { Page, PageAnswer } from '../../web/pages/page.js';
import type { AccountService } from './account-service.js';
import { leastPasswordLength } from './password-rules.js';

const path = '/password';

/** What the page for changing one's own password says. */
const texts = {
  title: 'Change password',
  hint: 'Your own password here and in Tasklist',
  current: 'Present password',
  next: `New password (at least ${leastPasswordLength} characters)`,
  again: 'New password again',
  button: 'Change password',
  note: 'You are signed out everywhere then, and sign in again with the new password.',
  different: 'The two new passwords are not the same.',
} as const;

/** `/password`: everyone's own password. */
export function passwordPages(accounts: AccountService): Page[] {
  return [
    { method: 'get', path, link: { label: texts.title, hint: texts.hint }, handler: () => formPage(null) },
    {
      method: 'post',
      path,
      handler: async ({ user, form, caller }) => {
        try {
          await accounts.changeOwnPassword(user.id, textOf(form, 'current'), chosen(form), caller);
        } catch (raw) {
          if (!isProductError(raw, 'password-wrong', 'invalid-request', 'too-many-attempts')) throw raw;
          return formPage(raw);
        }
        return { redirect: '/sign-in' };
      },
    },
  ];
}

/** @throws ProductError `invalid-request` */
function chosen(form: FormData): string {
  const next = textOf(form, 'next');
  if (next !== textOf(form, 'again')) throw new ProductError('invalid-request', texts.different);
  return next;
}

function formPage(refusal: ProductError | null): PageAnswer {
  return {
    title: texts.title,
    ...(refusal !== null && { status: refusal.status }),
    main: html`${refusal !== null && refusalNote(refusal)}
<form class="card narrow" method="post" action="${path}">
<label for="current">${texts.current}</label>
<input id="current" name="current" type="password" required autocomplete="current-password">
<label for="next">${texts.next}</label>
<input id="next" name="next" type="password" required minlength="${leastPasswordLength}" autocomplete="new-password">
<label for="again">${texts.again}</label>
<input id="again" name="again" type="password" required autocomplete="new-password">
<p>${texts.note}</p>
<div class="actions"><button>${texts.button}</button></div>
</form>`,
  };
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
