/** `npm start`: compiles when a source has changed, then runs the launcher in this same process. */
import { followParent } from './follow-parent.mjs';
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
