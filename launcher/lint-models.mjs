/** `npm run lint:models`: compiles when a source has changed, then checks the diagrams in this same process. */
import { prepare } from './prepare.mjs';

try {
  await prepare();
  await import('../dist/src/cli/lint-models.js');
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
