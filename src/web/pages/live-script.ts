import { createHash } from 'node:crypto';

/**
 * The one script of our pages; they do without it as well. What is marked in a page is what it does:
 * - `data-live` with an id: content that is brought up to date from a newer copy of the page. What has the focus stays.
 * - `data-refresh` anywhere: a newer copy is fetched every two seconds, as long as the page is looked at.
 * - `data-save` on a form: a box that is ticked or unticked is sent at once, as the fields `shown` and `chosen`; boxes that
 *   follow while it is on its way go together with the next call.
 */
export const liveScript = `
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const parts = () => [...document.querySelectorAll('[data-live]')];
// As the server sent them: what somebody has opened or filled in since is no news.
const known = new Map(parts().map(({ id, innerHTML }) => [id, innerHTML]));

async function bring(address, options) {
  const answer = await fetch(address, options);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const shown of parts()) {
    const fresh = page.getElementById(shown.id);
    // Another page than this one: signed out, or moved on.
    if (fresh === null) return location.reload();
    if (fresh.innerHTML === known.get(shown.id) || shown.contains(document.activeElement)) continue;
    known.set(shown.id, fresh.innerHTML);
    shown.replaceChildren(...fresh.childNodes);
  }
}

const toSave = new Map();
let saving = false;

async function save(form) {
  if (saving) return;
  saving = true;
  while (toSave.size > 0) {
    const body = new URLSearchParams();
    for (const [value, chosen] of toSave) {
      body.append('shown', value);
      if (chosen) body.append('chosen', value);
    }
    toSave.clear();
    await bring(form.action, { method: 'POST', body });
  }
  saving = false;
}

document.addEventListener('change', ({ target }) => {
  const form = target.closest('form[data-save]');
  if (form === null) return;
  toSave.set(target.value, target.checked);
  // What was not saved must not look as if it were.
  save(form).catch(() => location.reload());
});

addEventListener('beforeunload', (event) => {
  if (saving) event.preventDefault();
});

while (document.querySelector('[data-refresh]') !== null) {
  await pause(2_000);
  // A server that does not answer just now is asked again.
  if (!document.hidden) await bring(location.href).catch(() => undefined);
}
`.trimStart();

/** Named after its content, so that browsers may keep it for good. */
export const LIVE_SCRIPT_PATH = `/assets/${createHash('sha256').update(liveScript).digest('hex').slice(0, 16)}.js`;
