import { isProductError, type ProductError } from '../../kernel/errors.js';
import { html, type Html } from '../pages/html.js';
import { doneNote, refusalNote } from '../pages/notes.js';
import type { Page, PageAnswer, PageContext } from '../pages/page.js';
import { codeForm, codeTexts, enrolmentForm, recoveryCodes } from './enrolment.js';
import type { Identity } from './identity.js';

const path = '/second-factor';

const texts = {
  title: 'Second factor',
  hint: 'A code of your phone beside your password',
  none: 'Your account has no second factor. With one, your password alone opens nothing: an app on your phone shows a code for each sign-in.',
  basic: 'Programs that send your password with each request are refused then.',
  setUp: 'Set it up',
  on: 'Your account has a second factor.',
  required: 'An administrator asks for it. With another phone, ask one to reset it.',
  remove: 'Remove it',
} as const;

const done = { removed: 'The second factor is removed.' } as const;

/** `/second-factor`: everyone's own. */
export function secondFactorPages(identity: Identity): Page[] {
  const { factors, sessions } = identity;

  const overview = async ({ user, query }: PageContext, refusal: ProductError | null = null): Promise<PageAnswer> => {
    const [{ enrolled }, required] = [await factors.stateOf(user.id), await factors.isRequired(user.id, user.roles)];
    return page(
      html`${doneNote(query, done)} ${refusal !== null && refusalNote(refusal)}
      ${
        enrolled
          ? onNow(required)
          : html`<p>${texts.none}</p>
            <p>${texts.basic}</p>
            <form method="post" action="${path}">
              <div class="actions"><button>${texts.setUp}</button></div>
            </form>`
      }`,
      refusal,
    );
  };
  const setUp = async ({ user }: PageContext, refusal: ProductError | null = null): Promise<PageAnswer> => {
    const secret = await factors.begin(user.id);
    return page(enrolmentForm({ secret, account: user.id, action: `${path}/confirm`, next: '/' }, refusal), refusal);
  };
  const changed = async ({ user, caller }: PageContext, way: string) => {
    await identity.changes.announce(user.id);
    const { address, requestId } = caller;
    await identity.security.record('second-factor-changed', {
      account: user.id,
      address,
      requestId,
      own: true,
      details: { way },
    });
  };
  const failed = async ({ user, caller: { address, requestId } }: PageContext, raw: unknown) => {
    if (!isProductError(raw, 'second-factor-wrong', 'too-many-attempts')) throw raw;
    const event = raw.code === 'second-factor-wrong' ? 'second-factor-failed' : 'sign-in-locked';
    await identity.security.record(event, { account: user.id, address, requestId });
    return raw;
  };

  return [
    { method: 'get', path, link: { label: texts.title, hint: texts.hint }, handler: (context) => overview(context) },
    { method: 'post', path, handler: (context) => setUp(context) },
    {
      method: 'post',
      path: `${path}/confirm`,
      handler: async (context) => {
        try {
          const codes = await factors.confirm(context.user.id, codeOf(context.form));
          if (context.caller.session !== null) await sessions.raise(context.caller.session);
          await changed(context, 'enrolled');
          return { title: codeTexts.recoveryTitle, main: recoveryCodes(codes, path) };
        } catch (raw) {
          return setUp(context, await failed(context, raw));
        }
      },
    },
    {
      method: 'post',
      path: `${path}/remove`,
      handler: async (context) => {
        try {
          await factors.take(context.user.id, codeOf(context.form));
        } catch (raw) {
          return overview(context, await failed(context, raw));
        }
        await factors.remove(context.user.id);
        await changed(context, 'removed');
        return { redirect: `${path}?done=removed` };
      },
    },
  ];
}

function onNow(required: boolean): Html {
  if (required) return html`<p>${texts.on} ${texts.required}</p>`;
  const form = { action: `${path}/remove`, next: path, label: codeTexts.codeOrRecovery, button: texts.remove };
  return html`<p>${texts.on}</p>
    <div class="card narrow">${codeForm(form)}</div>`;
}

function page(main: Html, refusal: ProductError | null): PageAnswer {
  return { title: texts.title, main, ...(refusal !== null && { status: refusal.status }) };
}

/** The code that a form holds. */
export function codeOf(form: FormData): string {
  const code = form.get('code');
  return typeof code === 'string' ? code.trim().slice(0, 100) : '';
}
