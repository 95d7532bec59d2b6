import { Router, type Request } from 'express';
import { isProductError, type ProductError } from '../../kernel/errors.js';
import { html, type Html } from '../pages/html.js';
import { queryOf, sendPage } from '../pages/mount-pages.js';
import { readForm } from '../read-form.js';
import { setRetryAfter } from '../retry-after.js';
import { localPath } from './local-path.js';
import type { SignIn } from './sign-in.js';

/** `/sign-in` and `/sign-out`. */
export function signInPages(signIn: SignIn): Router {
  const router = Router();

  router.get('/sign-in', async (request, response) => {
    const next = localPath(queryOf(request).get('next'));
    const session = await signIn.findSession(request);
    const answer = session === null ? { title: 'Sign in', main: form(next) } : { redirect: next };
    sendPage(response, null, answer);
  });

  router.post('/sign-in', async (request, response) => {
    const fields = await readForm(request, response, 10_000);
    const next = localPath(text(fields, 'next'));
    const account = text(fields, 'account').trim();
    try {
      await signIn.open(request, response, { account, password: text(fields, 'password') });
      sendPage(response, null, { redirect: next });
    } catch (raw) {
      if (!isProductError(raw, 'unauthenticated', 'too-many-attempts')) throw raw;
      setRetryAfter(response, raw);
      sendPage(response, null, { title: 'Sign in', status: raw.status, main: form(next, account, raw) });
    }
  });

  router.post('/sign-out', async (request, response) => {
    await signIn.close(request, response);
    sendPage(response, null, { redirect: '/sign-in' });
  });

  return router;
}

/** Where someone who is not signed in is sent, to come back afterwards. */
export function signInPath(request: Request): string {
  return `/sign-in?${new URLSearchParams({ next: localPath(request.originalUrl) }).toString()}`;
}

function text(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

const focus = html` autofocus`;

function form(next: string, account = '', refusal: ProductError | null = null): Html {
  return html`${refusal !== null && html`<p class="note bad" role="alert">${refusal.publicMessage}</p>`}
<form class="card narrow" method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<label for="account">Account</label>
<input id="account" name="account" value="${account}" required${account === '' && focus}
  autocomplete="username" autocapitalize="none" spellcheck="false">
<label for="password">Password</label>
<input id="password" name="password" type="password" required${account !== '' && focus}
  autocomplete="current-password">
<div class="actions"><button>Sign in</button></div>
</form>`;
}
