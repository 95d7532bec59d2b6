/** The command line of administrators: `npm run cards -- --help`. */
import { cliEnvironment, readConfig } from '../kernel/config.js';
import { systemCode } from './failures.js';
import { run } from './program.js';

// A reader of our output may close it early, as `head` does.
process.stdout.on('error', (error) => {
  if (systemCode(error) !== 'EPIPE') throw error;
});

const { stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), { config: readConfig(cliEnvironment), stdin, stdout, stderr });
