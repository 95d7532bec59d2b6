/** What Open Card Requests adds to the engine's web applications, through their plug-in points. */

/** There is one sign-in for everything, and it is not the engine's: its form never shows. */
const signIn = (app) => ({
  id: 'open-card-requests-sign-in',
  pluginPoint: `${app}.login`,
  priority: 1000,
  render: () => location.replace(`/sign-in?${new URLSearchParams({ next: location.pathname })}`),
});

/** A link in the bar at the top; the highest priority comes first. */
const link = (pluginPoint, priority, path, text) => ({
  id: `open-card-requests${path.replaceAll('/', '-')}`,
  pluginPoint,
  priority,
  render: (node) => {
    const anchor = document.createElement('a');
    anchor.href = path;
    anchor.textContent = text;
    node.append(anchor);
  },
});

export default [
  ...['tasklist', 'cockpit', 'admin'].map(signIn),
  link('tasklist.navbar.action', 500, '/', 'Start page'),
  link('tasklist.navbar.action', 400, '/my-requests', 'My requests'),
  link('cockpit.navigation', 500, '/', 'Start page'),
];
