import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import { verifyDatabase } from '../../records/index.js';
import type { AuditPlaces } from '../../records/audit/audit-verifier.js';
import type { CliConfig } from '../../kernel/config.js';
import { CliFailure, systemCode } from '../failures.js';
import { Output } from '../output.js';
import type { OpenSession } from '../session.js';

/** What verifying uses besides a session. */
export interface VerifySurroundings {
  readonly config: CliConfig;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

const verification = z.looseObject({
  intact: z.boolean(),
  blocks: z.number(),
  rows: z.number(),
  unsealed: z.object({ rows: z.number(), oldestAt: z.string().nullable() }),
  anchors: z.object({ count: z.number(), provenTo: z.string().nullable() }).nullable(),
  findings: z.array(z.looseObject({ message: z.string() })).readonly(),
  findingCount: z.number(),
});
type Verification = z.infer<typeof verification>;

/** How often progress is told (ms), the first time after as long. */
const reportEveryMs = 1_000;

/** `audit verify`: the exit code tells whether anything was found. */
export function addVerifyCommand(
  group: Command,
  open: OpenSession,
  { config, stdout, stderr }: VerifySurroundings,
): void {
  group
    .command('verify')
    .description('name every row that was edited, deleted, moved, inserted or cut off')
    .option('--anchors <file>', 'heads of the sealed log, kept outside the database')
    .addHelpText('after', verifyHelp)
    .action(async ({ anchors }: { readonly anchors?: string }, command: Command) => {
      const out = new Output(stdout, command.optsWithGlobals<{ readonly json?: true }>().json === true);
      const places = placesOf(config, anchors);
      const result = places === null ? await askServer(open, command) : await look(places, stderr);
      out.show(result, () => (result.intact ? wholeLines(result) : findingLines(result)));
      if (!result.intact)
        throw new CliFailure('refused', `The audit log was tampered with: ${result.findingCount} findings.`);
    });
}

const verifyHelp = `
With DATABASE_URL set it looks at the database itself, so that no server has to run or be trusted, and compares with the
anchors of --anchors, AUDIT_ANCHOR_FILE or the data directory. Without, the server looks, with its own anchors. What was
done in the last second may not be sealed yet: the end of the log is counted, and nothing is said about it.`;

function placesOf(
  { DATABASE_URL, AUDIT_ANCHOR_FILE, DATA_DIR, INIT_CWD }: CliConfig,
  anchors: string | undefined,
): AuditPlaces | null {
  if (DATABASE_URL === undefined) {
    if (anchors === undefined) return null;
    throw new CliFailure('usage', '--anchors needs DATABASE_URL: without it the server looks, with its own anchors.');
  }
  const kept = AUDIT_ANCHOR_FILE ?? join(DATA_DIR, 'audit-anchors.jsonl');
  const named = anchors === undefined ? AUDIT_ANCHOR_FILE : resolve(INIT_CWD ?? '.', anchors);
  return { databaseUrl: DATABASE_URL, anchorFile: named ?? (existsSync(kept) ? kept : undefined) };
}

async function askServer(open: OpenSession, command: Command): Promise<Verification> {
  const { api } = await open(command);
  return api.call({ path: '/audit/verification' }, verification);
}

async function look(places: AuditPlaces, stderr: Writable): Promise<Verification> {
  let toldAt = performance.now();
  try {
    const found = await verifyDatabase(places, ({ blocks, ofBlocks }) => {
      if (performance.now() - toldAt < reportEveryMs) return;
      toldAt = performance.now();
      stderr.write(`${blocks} of ${ofBlocks} blocks looked at\n`);
    });
    return verification.parse(found);
  } catch (cause) {
    const code = systemCode(cause);
    // Only errors of the file system name a path.
    if (typeof cause === 'object' && cause !== null && 'path' in cause) {
      throw new CliFailure('usage', `The file of anchors cannot be read (${code}): give another one with --anchors.`, {
        cause,
      });
    }
    throw new CliFailure('unavailable', `The database cannot be read (${code || 'no answer'}): check DATABASE_URL.`, {
      cause,
    });
  }
}

function wholeLines({ rows, blocks, anchors, unsealed }: Verification): string[] {
  const proof =
    anchors === null
      ? 'It was compared with no anchors: that it was not made anew as a whole, or cut off at its end, is not proven.'
      : anchors.provenTo === null
        ? 'The file of anchors holds none yet.'
        : `It is proven from outside up to block ${anchors.provenTo}, by ${anchors.count} anchors.`;
  return [`The audit log is whole: ${rows} rows in ${blocks} blocks.`, proof, ...unsealedLines(unsealed)];
}

function findingLines({ findings, findingCount, unsealed }: Verification): string[] {
  const hidden = findingCount - findings.length;
  return [
    ...findings.map(({ message }) => message),
    ...(hidden > 0 ? [`… and ${hidden} more`] : []),
    ...unsealedLines(unsealed),
  ];
}

function unsealedLines({ rows, oldestAt }: Verification['unsealed']): string[] {
  return rows === 0 ? [] : [`Not sealed yet: ${rows} rows, the oldest of ${oldestAt ?? 'an unknown time'}.`];
}
