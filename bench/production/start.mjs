/** `npm start` with the worker of the production benches. */
import { fileURLToPath } from 'node:url';
import { followParent } from '../../launcher/follow-parent.mjs';
import { prepare, root } from '../../launcher/prepare.mjs';

const loader = new URL('../../test/support/typescript-loader.mjs', import.meta.url).href;
const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

followParent();
await prepare();
const { main } = await import('../../dist/launcher/main.js');
await main({
  root,
  args: process.argv.slice(2),
  env: process.env,
  programs: { worker: ['--import', loader, worker] },
});
