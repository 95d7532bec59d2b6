import { ConfigError, launcherEnvironment, readConfig } from '../src/kernel/config.js';
import { parseArguments, usage } from './arguments.js';
import { Installation } from './installation.js';
import type { OwnPrograms } from './part-specs.js';
import { Screen } from './screen.js';
import { StartFailure } from './start-failure.js';

export interface MainOptions {
  /** The directory of package.json. */
  readonly root: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** See `InstallationOptions`. */
  readonly programs?: OwnPrograms;
  /** Called once everything runs; an error that it throws ends the installation. */
  readonly whenReady?: (installation: Installation, screen: Screen) => Promise<void>;
}

/** Runs an installation until SIGTERM, Ctrl-C or the end of the terminal. A start that fails exits with code 1. */
export async function main({ root, args, env, programs = {}, whenReady }: MainOptions): Promise<void> {
  // The console may go away, for example with its terminal; the parts still have to be stopped in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const screen = new Screen(process.stdout);
  let installation: Installation;
  try {
    const { help, enable } = parseArguments(args);
    if (help) {
      screen.line(usage());
      return;
    }
    const config = readConfig(launcherEnvironment, env);
    installation = new Installation({ root, config, env, enable, screen, programs });
  } catch (raw) {
    process.stderr.write(`${sentence(raw)}\n`);
    process.exit(1);
  }

  let ending = false;
  const end = async (code: number, word: string): Promise<void> => {
    if (ending) return;
    ending = true;
    const stopped = installation.stop();
    process.stderr.write(`${word}\n`);
    await stopped;
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0, 'Stopping …'));
  process.on('uncaughtException', (raw) => void end(1, sentence(raw)));
  process.on('unhandledRejection', (raw) => void end(1, sentence(raw)));
  try {
    await installation.start();
    await whenReady?.(installation, screen);
  } catch (raw) {
    await end(1, sentence(raw));
  }
}

/** One sentence for what a person can cure; the whole story of what only we can. */
function sentence(raw: unknown): string {
  if (raw instanceof StartFailure || raw instanceof ConfigError) return raw.message;
  return raw instanceof Error ? (raw.stack ?? raw.message) : String(raw);
}
