/** `npm test [-- <jest arguments>]`: runs Jest with native ES modules; its exit code is ours. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const jest = fileURLToPath(new URL('bin/jest.js', import.meta.resolve('jest/package.json')));
// Jest compiles what it runs itself; the loader is for threads that our own code starts.
const loader = new URL('support/typescript-loader.mjs', import.meta.url).href;
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--import', loader];
const child = spawn(process.execPath, [...flags, jest, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
