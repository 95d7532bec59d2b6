import { Command, CommanderError } from 'commander';
import type { Writable } from 'node:stream';
import type { CliConfig } from '../kernel/config.js';
import { addAccountCommands } from './commands/accounts.js';
import { addAuditCommands } from './commands/audit.js';
import { addBackendCommands } from './commands/backends.js';
import { addBatchCommands } from './commands/batches.js';
import { addCardTypeCommands } from './commands/card-types.js';
import { addChangeCommands } from './commands/changes.js';
import { addDeployCommand } from './commands/deploy.js';
import { addGroupCommands } from './commands/groups.js';
import { addHolderCommands } from './commands/holders.js';
import { addMailCommands } from './commands/mails.js';
import { addNumberRangeCommands } from './commands/number-ranges.js';
import { addOptionCommands } from './commands/options.js';
import { addRequestCommands } from './commands/requests.js';
import { addRetentionCommands } from './commands/retention.js';
import { addSecretCommands } from './commands/secrets.js';
import { addProcessCommands } from './commands/processes.js';
import { addUseCaseCommands } from './commands/use-cases.js';
import { connect, type ConnectionOptions } from './connection.js';
import { CliFailure, exitCodes, Refusal } from './failures.js';
import { Output } from './output.js';
import { askPassword, Interrupted, type Keyboard } from './password.js';
import type { OpenSession } from './session.js';

/** What a command line runs in. */
export interface Surroundings extends Keyboard {
  readonly config: CliConfig;
  readonly stdout: Writable;
}

/**
 * Runs one command line.
 * @param args without the names of program and script
 * @returns the exit code
 */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const program = buildProgram(surroundings);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done.code;
  } catch (raw) {
    return report(raw, surroundings.stderr, args.includes('--json'));
  }
}

function buildProgram(surroundings: Surroundings): Command {
  const { stdout, stderr } = surroundings;
  const program = new Command()
    .name('npm run cards --')
    .description('The command line of administrators.')
    .option('--json', 'answer as JSON, for programs; a refusal too, on standard error')
    .option('--url <address>', 'an installation elsewhere, for example https://cards.example')
    .option('--user <account>', 'sign in with this account; the password is CARDS_PASSWORD, or asked for')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    // An error is printed once, by `report`.
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', `\n${environmentHelp}`)
    .addHelpText('afterAll', `\n${exitCodeHelp()}`);
  const open = sessions(surroundings);
  addUseCaseCommands(program, open);
  addDeployCommand(program, open);
  addProcessCommands(program, open);
  addOptionCommands(program, open);
  addRequestCommands(program, open);
  addCardTypeCommands(program, open);
  addNumberRangeCommands(program, open);
  addBackendCommands(program, open);
  addBatchCommands(program, open);
  addSecretCommands(program, open);
  addHolderCommands(program, open);
  addAccountCommands(program, open);
  addChangeCommands(program, open);
  addGroupCommands(program, open);
  addMailCommands(program, open);
  addRetentionCommands(program, open);
  addAuditCommands(program, open, surroundings);
  return program;
}

const environmentHelp = `On the machine of an installation no password is needed: a person who can read its data directory
is its administrator.

Environment:
  DATA_DIR        data directory of the installation (.data)
  TIME_ZONE       zone that times of an installation elsewhere are shown in (that of this machine)
  CARDS_PASSWORD  password of the account that --user names
  DATABASE_URL    database that audit verify looks at itself, without asking a server`;

function exitCodeHelp(): string {
  const lines = Object.values(exitCodes).map(({ code, meaning }) => `  ${code}  ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}

function sessions(surroundings: Surroundings): OpenSession {
  const { config, stdin, stdout } = surroundings;
  return async (command) => {
    const options = command.optsWithGlobals<ConnectionOptions & { readonly json?: true }>();
    const api = await connect(options, config, (user) => askPassword(user, surroundings));
    return { api, out: new Output(stdout, options.json === true), stdin, directory: config.INIT_CWD ?? '.' };
  };
}

/** Prints what went wrong. @returns the exit code */
function report(raw: unknown, stderr: Writable, json: boolean): number {
  if (raw instanceof Interrupted) return raw.exitCode;
  if (raw instanceof CommanderError) return reportUsage(raw, stderr);
  if (raw instanceof CliFailure) {
    stderr.write(`${json && raw instanceof Refusal ? JSON.stringify(raw.problem) : raw.message}\n`);
    return exitCodes[raw.kind].code;
  }
  throw raw;
}

function reportUsage({ exitCode, code, message }: CommanderError, stderr: Writable): number {
  if (exitCode === 0) return exitCodes.done.code;
  // A group without a command has shown its help already.
  if (code !== 'commander.help') stderr.write(`${usageSentence(message)}\n`);
  return exitCodes.usage.code;
}

function usageSentence(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}: add --help to see what there is.`;
}
