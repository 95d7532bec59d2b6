import { html } from '../pages/html.js';
import { dataTable } from '../pages/data-table.js';
import { doneNote } from '../pages/notes.js';
import type { Page, PageContext } from '../pages/page.js';
import { time } from '../pages/time.js';
import type { Identity } from './identity.js';
import { programName } from './program-name.js';
import type { SessionView } from './session-store.js';

const path = '/sessions';

const texts = {
  title: 'Sessions',
  hint: 'Where your account is signed in',
  intro: 'Each sign-in in a browser is a session. One that you do not know: end it, and change your password.',
  caption: 'Open sessions of your account',
  program: 'Program',
  address: 'Address',
  since: 'Signed in',
  lastUse: 'Last used',
  end: 'End',
  action: 'Action',
  here: 'This one',
  endOthers: 'End all others',
  unknown: 'Unknown',
} as const;

const done = { one: 'The session has ended.', others: 'All other sessions have ended.' } as const;

/** `/sessions`: everyone's own. */
export function sessionPages({ sessions, security }: Pick<Identity, 'sessions' | 'security'>): Page[] {
  const current = async ({ caller }: PageContext) =>
    caller.session === null ? null : ((await sessions.find(caller.session))?.id ?? null);

  const end = async (context: PageContext, which: { readonly id?: string; readonly except?: string }) => {
    const { user, caller } = context;
    const ended = await sessions.end(user.id, which);
    const { address, requestId } = caller;
    await security.record('sessions-ended', { account: user.id, address, requestId, own: true, details: { ended } });
  };

  return [
    {
      method: 'get',
      path,
      link: { label: texts.title, hint: texts.hint },
      handler: async (context) => {
        const [all, here] = [await sessions.list(context.user.id), await current(context)];
        return {
          title: texts.title,
          main: html`${doneNote(context.query, done)}
            <p>${texts.intro}</p>
            ${dataTable(
              texts.caption,
              [
                { heading: texts.program, cell: ({ program }) => programName(program) },
                { heading: texts.address, cell: ({ address }) => address ?? texts.unknown },
                { heading: texts.since, cell: ({ since }) => time(since) },
                { heading: texts.lastUse, cell: ({ lastUse }) => time(lastUse) },
                { heading: texts.action, cell: (session) => (session.id === here ? texts.here : endForm(session)) },
              ],
              all,
            )}
            ${
              all.length > 1 &&
              html`<form method="post" action="${path}/others">
                <div class="actions"><button>${texts.endOthers}</button></div>
              </form>`
            }`,
        };
      },
    },
    {
      method: 'post',
      path: `${path}/one`,
      handler: async (context) => {
        const id = context.form.get('id');
        if (typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) await end(context, { id });
        return { redirect: `${path}?done=one` };
      },
    },
    {
      method: 'post',
      path: `${path}/others`,
      handler: async (context) => {
        const here = await current(context);
        await end(context, here === null ? {} : { except: here });
        return { redirect: `${path}?done=others` };
      },
    },
  ];
}

function endForm({ id, program }: SessionView) {
  return html`<form method="post" action="${path}/one">
    <input type="hidden" name="id" value="${id}" />
    <button class="quiet" aria-label="${`${texts.end}: ${programName(program)}`}">${texts.end}</button>
  </form>`;
}
