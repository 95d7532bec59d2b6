/** `npm run lint:models [-- FOLDER]`: compiles when a source has changed, then checks the diagrams of a folder, by default `bpmn`. */
import { prepare } from './prepare.mjs';

try {
  await prepare();
  const { lintModels } = await import('../dist/src/cli/lint-models.js');
  const clean = await lintModels(process.argv[2] ?? 'bpmn', (line) => process.stdout.write(`${line}\n`));
  if (!clean) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
