import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { CliFailure, systemCode } from '../failures.js';
import type { OpenSession } from '../session.js';
import { plain } from '../table.js';

/** What a deployment answers. */
export const deployment = z.looseObject({
  dryRun: z.boolean(),
  processes: z.array(
    z.looseObject({ processKey: z.string(), version: z.number(), state: z.string(), sentence: z.string() }),
  ),
});
export type Deployment = z.infer<typeof deployment>;

interface DeployOptions {
  readonly dryRun?: true;
  readonly all?: true;
}

/** `deploy`. */
export function addDeployCommand(program: Command, open: OpenSession): void {
  program
    .command('deploy')
    .description('deploy diagrams, with the forms that have changed: all of the files or none')
    .argument('<file...>', 'diagrams (.bpmn) and forms (.form)')
    .option('--dry-run', 'only check, and show what would happen')
    .option('--all', 'make a new version also of what has not changed')
    .addHelpText('after', deployHelp)
    .action(async (files: string[], { dryRun, all }: DeployOptions, command: Command) => {
      const { api, out, directory } = await open(command);
      const body = { files: await readFiles(files, directory), dryRun: dryRun === true, onlyChanged: all !== true };
      const result = await api.call({ method: 'POST', path: '/deployments', body }, deployment);
      out.show(result, () => deploymentLines(result));
    });
}

const deployHelp = `
A variant can be chosen once it is deployed; a new version of one in use waits for its release (use-case release).
What is no variant, such as an entry process, is live at once. A form that is not named is the one deployed already.`;

/** What has happened or, after a dry run, would. */
export function deploymentLines({ dryRun, processes }: Deployment): string[] {
  const lines = processes.map(({ sentence }) => plain(sentence));
  return dryRun ? ['Nothing was deployed yet. Once it is:', ...lines] : lines;
}

/** @throws CliFailure `usage` for a file that cannot be read */
async function readFiles(files: readonly string[], directory: string): Promise<{ name: string; content: string }[]> {
  return Promise.all(
    files.map(async (file) => {
      const path = resolve(directory, file);
      try {
        return {
          name: basename(path),
          content: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)),
        };
      } catch (cause) {
        const reason = systemCode(cause) || 'it is not UTF-8';
        throw new CliFailure('usage', `${path} cannot be read (${reason}): give another file.`, { cause });
      }
    }),
  );
}
