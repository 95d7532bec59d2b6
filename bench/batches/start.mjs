/** `npm start` with a server and a worker that report how much memory they use. */
import { join } from 'node:path';
import { followParent } from '../../launcher/follow-parent.mjs';
import { prepare, root } from '../../launcher/prepare.mjs';

const telling = ['--import', new URL('memory-teller.mjs', import.meta.url).href];

followParent();
await prepare();
const { main } = await import('../../dist/launcher/main.js');
await main({
  root,
  args: process.argv.slice(2),
  env: process.env,
  programs: {
    server: [...telling, join(root, 'dist/src/main.js')],
    worker: [...telling, join(root, 'dist/workers/main.js')],
  },
});
