/** `npm start`: compiles when a source has changed, then runs the launcher in this same process. */
import { prepare, root } from './prepare.mjs';

followParent();
try {
  await prepare();
  const { main } = await import('../dist/launcher/main.js');
  await main({ root, args: process.argv.slice(2), env: process.env });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

/**
 * npm runs scripts in a shell, and a SIGTERM to npm ends npm and that shell but not what the shell runs (dash, npm 11).
 * So under npm the launcher takes the end of its parent as the order to stop.
 */
function followParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
}
