/**
 * `npm run dev`: as `npm start`, and then deploys each diagram and reloads each worker that is changed. Arguments are
 * those of `npm start`.
 */
import { followParent } from './follow-parent.mjs';
import { prepare, root } from './prepare.mjs';

followParent();
try {
  await prepare();
  const { develop } = await import('../dist/launcher/dev/develop.js');
  await develop({ root, args: process.argv.slice(2), env: process.env });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
