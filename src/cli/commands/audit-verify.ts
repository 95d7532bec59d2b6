import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import { anchorPlaces, AuditKeys, namedSource, verifyDatabase } from '../../records/index.js';
import type { AnchorSource } from '../../records/audit/anchors/anchor.js';
import type { Evidence } from '../../records/audit/verification/verify-audit.js';
import { anchorSettingsOf, auditEnvironment, ConfigError, readConfig, type CliConfig } from '../../kernel/config.js';
import { timeText } from '../../kernel/time-zone.js';
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
  signed: z.number().nullable(),
  findings: z.array(z.looseObject({ message: z.string() })).readonly(),
  findingCount: z.number(),
});
type Verification = z.infer<typeof verification>;

/** Time between two lines of progress (ms), and before the first one. */
const reportEveryMs = 1_000;

/** `audit verify`: the exit code says whether anything was found. */
export function addVerifyCommand(
  group: Command,
  open: OpenSession,
  { config, stdout, stderr }: VerifySurroundings,
): void {
  group
    .command('verify')
    .description('name every row that was edited, deleted, moved, inserted or cut off')
    .option('--anchor <place...>', 'where heads of the sealed log are kept: a file, syslog:FILE, or an address')
    .option('--keys <file>', 'public keys of the signatures, as audit keys prints them')
    .addHelpText('after', verifyHelp)
    .action(async (given: Given, command: Command) => {
      const out = new Output(stdout, command.optsWithGlobals<{ readonly json?: true }>().json === true);
      const places = placesOf(config, given);
      const result = places === null ? await askServer(open, command) : await look(places, stderr);
      out.show(result, () => (result.intact ? wholeLines(result) : findingLines(result)));
      if (!result.intact)
        throw new CliFailure('refused', `The audit log was tampered with: ${result.findingCount} findings.`);
    });
}

const verifyHelp = `
With DATABASE_URL set it looks at the database itself, so that no server has to run or be trusted, and compares with the
anchors of --anchor, else those of AUDIT_ANCHOR_FILE and AUDIT_ANCHORS_FILE, else those of the data directory; signatures with the
keys of --keys, AUDIT_KEYS_FILE or the data directory. An address is read with the token of AUDIT_ANCHOR_TOKEN. Without
DATABASE_URL the server looks, with its own anchors and keys. What was done in the last second may not be sealed yet: the end of the
log is counted, and nothing is said about it.`;

interface Given {
  readonly anchor?: readonly string[];
  readonly keys?: string;
}

interface Places extends Evidence {
  readonly databaseUrl: string;
}

/** @throws CliFailure `usage` */
function placesOf(config: CliConfig, given: Given): Places | null {
  const { DATABASE_URL } = config;
  if (DATABASE_URL !== undefined)
    return { databaseUrl: DATABASE_URL, anchors: anchorsOf(config, given.anchor), keys: keysOf(config, given.keys) };
  if (given.anchor === undefined && given.keys === undefined) return null;
  throw new CliFailure(
    'usage',
    '--anchor and --keys need DATABASE_URL: without it the server looks, with its own anchors and keys.',
  );
}

function anchorsOf(config: CliConfig, named: Given['anchor']): readonly AnchorSource[] | null {
  const { AUDIT_ANCHOR_FILE, AUDIT_ANCHORS_FILE, AUDIT_ANCHOR_TOKEN, DATA_DIR, INIT_CWD } = config;
  if (named !== undefined)
    return named.map((place) => namedSource(place, AUDIT_ANCHOR_TOKEN, (path) => resolve(INIT_CWD ?? '.', path)));
  const kept = join(DATA_DIR, 'audit-anchors.jsonl');
  const file = AUDIT_ANCHOR_FILE ?? (existsSync(kept) ? kept : undefined);
  const settings = anchorSettingsOf(settingsOf({ AUDIT_ANCHOR_FILE: file, AUDIT_ANCHORS_FILE }));
  return settings.length === 0 ? null : anchorPlaces(settings).flatMap(({ source }) => source ?? []);
}

function keysOf({ AUDIT_KEYS_FILE, DATA_DIR, INIT_CWD }: CliConfig, named: string | undefined): AuditKeys | null {
  const kept = join(DATA_DIR, 'audit-keys.txt');
  const given = named === undefined ? AUDIT_KEYS_FILE : resolve(INIT_CWD ?? '.', named);
  const keys = settingsOf({ AUDIT_KEYS_FILE: given ?? (existsSync(kept) ? kept : undefined) }).AUDIT_KEYS_FILE;
  return keys === undefined ? null : new AuditKeys(keys);
}

function settingsOf(settings: NodeJS.ProcessEnv) {
  try {
    return readConfig(auditEnvironment, settings);
  } catch (raw) {
    if (!(raw instanceof ConfigError)) throw raw;
    throw new CliFailure('usage', raw.message, { cause: raw });
  }
}

async function askServer(open: OpenSession, command: Command): Promise<Verification> {
  const { api } = await open(command);
  return api.call({ path: '/audit/verification' }, verification);
}

async function look({ databaseUrl, ...evidence }: Places, stderr: Writable): Promise<Verification> {
  let reportedAt = performance.now();
  try {
    const found = await verifyDatabase(databaseUrl, evidence, ({ blocks, ofBlocks }) => {
      if (performance.now() - reportedAt < reportEveryMs) return;
      reportedAt = performance.now();
      stderr.write(`${blocks} of ${ofBlocks} blocks looked at\n`);
    });
    return verification.parse(found);
  } catch (cause) {
    const code = systemCode(cause);
    throw new CliFailure('unavailable', `The database cannot be read (${code || 'no answer'}): check DATABASE_URL.`, {
      cause,
    });
  }
}

function wholeLines({ rows, blocks, anchors, signed, unsealed }: Verification): string[] {
  const proof =
    anchors === null
      ? 'It was compared with no anchors: that it was not made anew as a whole, or cut off at its end, is not proven.'
      : anchors.provenTo === null
        ? 'The file of anchors holds none yet.'
        : `It is proven from outside up to block ${anchors.provenTo}, by ${anchors.count} anchors.`;
  return [
    `The audit log is whole: ${rows} rows in ${blocks} blocks.`,
    proof,
    ...signatureLines(signed),
    ...unsealedLines(unsealed),
  ];
}

function signatureLines(signed: number | null): string[] {
  if (signed === null) return ['Signatures were not judged: give the public keys with --keys.'];
  return [`${signed} of the blocks are signed, with keys that are known.`];
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
  return rows === 0
    ? []
    : [`Not sealed yet: ${rows} rows, the oldest of ${oldestAt === null ? 'an unknown time' : timeText(oldestAt)}.`];
}
