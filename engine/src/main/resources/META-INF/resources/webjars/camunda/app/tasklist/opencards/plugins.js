/** What Open Card Requests adds to the engine's web applications, through their plug-in points. */

/** There is one sign-in for everything, and it is not the engine's: its form never shows. */
const signIn = (app) => ({
  id: 'open-card-requests-sign-in',
  pluginPoint: `${app}.login`,
  priority: 1000,
  render: () => location.replace(`/sign-in?${new URLSearchParams({ next: location.pathname })}`),
});

/** A link in the bar at the top, for those who may open its page; the highest priority comes first. */
const link = (pluginPoint, priority, path, text) => ({
  id: `open-card-requests${path.replaceAll('/', '-')}`,
  pluginPoint,
  priority,
  render: async (node) => {
    const { ok } = await fetch(path, { method: 'HEAD' });
    if (!ok) return;
    const anchor = document.createElement('a');
    anchor.href = path;
    anchor.textContent = text;
    node.append(anchor);
  },
});

/**
 * An application names what its lists are sorted by as soon as it starts, and never again: where its texts come later, on
 * somebody's first visit, the bare key stays. From the second visit on it has them in this store; so they are put there
 * before it starts.
 */
async function bringTexts() {
  const folder = location.pathname.replace(/(\/app\/\w+\/).*/, '$1locales/');
  const key = `${folder}_locales_data_en_${window.bust}`;
  const store = JSON.parse(localStorage.getItem('camunda-web') ?? '{}');
  if (key in store) return;
  const answer = await fetch(`${folder}en.json?bust=${window.bust}`);
  if (answer.ok) localStorage.setItem('camunda-web', JSON.stringify({ ...store, [key]: await answer.text() }));
}

await bringTexts().catch((error) => console.warn('the texts will come later', error));

export default [
  ...['tasklist', 'cockpit', 'admin'].map(signIn),
  link('tasklist.navbar.action', 500, '/', 'Start page'),
  link('tasklist.navbar.action', 400, '/my-requests', 'My requests'),
  link('tasklist.navbar.action', 300, '/cards', 'Cards'),
  link('tasklist.navbar.action', 250, '/batches', 'Batch orders'),
  link('cockpit.navigation', 500, '/', 'Start page'),
];
