import { Router, type Request } from 'express';
import { canonicalReference } from '../../domain/identities.js';
import { isProductError, type ProductError } from '../../kernel/errors.js';
import { html, type Html } from '../pages/html.js';
import { queryOf, sendPage } from '../pages/mount-pages.js';
import { readForm } from '../read-form.js';
import { setRetryAfter } from '../retry-after.js';
import { refusalNote } from '../pages/notes.js';
import { codeForm, codeTexts, enrolmentForm, recoveryCodes } from './enrolment.js';
import { localPath } from './local-path.js';
import { codeOf } from './second-factor-pages.js';
import type { SecondFactors } from './second-factors.js';
import type { SignIn } from './sign-in.js';

const paths = { code: '/sign-in/code', enrolment: '/sign-in/enrolment' } as const;

const texts = {
  title: 'Sign in',
  code: 'Sign in: second factor',
  enrolment: 'Set up a second factor',
  asked: 'An administrator asks for a second factor beside your password.',
} as const;

/** `/sign-in` with the pages of the second factor, and `/sign-out`. */
export function signInPages(signIn: SignIn, factors: SecondFactors): Router {
  const router = Router();

  router.get('/sign-in', async (request, response) => {
    const next = localPath(queryOf(request).get('next'));
    const session = await signIn.findSession(request);
    const answer = session === null ? { title: texts.title, main: form(next) } : { redirect: next };
    sendPage(response, null, answer);
  });

  router.post('/sign-in', async (request, response) => {
    const fields = await readForm(request, response, 10_000);
    const next = localPath(text(fields, 'next'));
    const account = canonicalReference(text(fields, 'account'));
    try {
      const stage = await signIn.open(request, response, { account, password: text(fields, 'password') });
      sendPage(response, null, { redirect: stage === 'open' ? next : `${paths[stage]}?${withNext(next)}` });
    } catch (raw) {
      if (!isProductError(raw, 'unauthenticated', 'too-many-attempts')) throw raw;
      setRetryAfter(response, raw);
      sendPage(response, null, { title: texts.title, status: raw.status, main: form(next, account, raw) });
    }
  });

  const codePage = (next: string, refusal: ProductError | null = null) => ({
    title: texts.code,
    ...(refusal !== null && { status: refusal.status }),
    main: html`${refusal !== null && refusalNote(refusal)}
      <div class="card narrow">
        ${codeForm({ action: paths.code, next, label: codeTexts.codeOrRecovery, button: texts.title })}
      </div>`,
  });

  router.get(paths.code, async (request, response) => {
    const next = localPath(queryOf(request).get('next'));
    const waiting = await signIn.waiting(request);
    sendPage(response, null, waiting?.stage === 'code' ? codePage(next) : { redirect: `/sign-in?${withNext(next)}` });
  });

  router.post(paths.code, async (request, response) => {
    const fields = await readForm(request, response, 10_000);
    const next = localPath(text(fields, 'next'));
    try {
      await signIn.takeCode(request, response, codeOf(fields));
      sendPage(response, null, { redirect: next });
    } catch (raw) {
      if (!isProductError(raw, 'second-factor-wrong', 'too-many-attempts')) throw raw;
      setRetryAfter(response, raw);
      sendPage(response, null, codePage(next, raw));
    }
  });

  const enrolmentPage = async (account: string, next: string, refusal: ProductError | null = null) => {
    const secret = await factors.begin(account);
    const form = enrolmentForm({ secret, account, action: paths.enrolment, next }, refusal);
    const main = html`<p class="note">${texts.asked}</p>
      ${form}`;
    return { title: texts.enrolment, ...(refusal !== null && { status: refusal.status }), main };
  };

  router.get(paths.enrolment, async (request, response) => {
    const next = localPath(queryOf(request).get('next'));
    const waiting = await signIn.waiting(request);
    if (waiting?.stage !== 'enrolment') sendPage(response, null, { redirect: `/sign-in?${withNext(next)}` });
    else sendPage(response, null, await enrolmentPage(waiting.account, next));
  });

  router.post(paths.enrolment, async (request, response) => {
    const fields = await readForm(request, response, 10_000);
    const next = localPath(text(fields, 'next'));
    const waiting = await signIn.waiting(request);
    try {
      const codes = await signIn.enrol(request, response, codeOf(fields));
      sendPage(response, null, { title: codeTexts.recoveryTitle, main: recoveryCodes(codes, next) });
    } catch (raw) {
      if (waiting === null || !isProductError(raw, 'second-factor-wrong', 'too-many-attempts')) throw raw;
      setRetryAfter(response, raw);
      sendPage(response, null, await enrolmentPage(waiting.account, next, raw));
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
  return `/sign-in?${withNext(localPath(request.originalUrl))}`;
}

function withNext(next: string): string {
  return new URLSearchParams({ next }).toString();
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
