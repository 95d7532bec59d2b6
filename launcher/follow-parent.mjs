/**
 * npm runs scripts in a shell, and a SIGTERM to npm ends npm and that shell but not what the shell runs (dash, npm 11).
 * So under npm the launcher takes the end of its parent as the order to stop.
 */
export function followParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
}
