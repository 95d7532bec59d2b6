/** `npm run cards -- …`: compiles when a source has changed, then runs the command line in this same process. */
import { prepare } from './prepare.mjs';

try {
  await prepare();
  await import('../dist/src/cli/main.js');
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
