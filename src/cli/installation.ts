import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isTimeZone } from '../kernel/time-zone.js';
import { CliFailure, systemCode } from './failures.js';

const runState = z.object({ local: z.url(), timeZone: z.string().refine(isTimeZone) });
const secrets = z.object({ cliSecret: z.string().min(32) });

/** Where an installation on this machine answers, and the zone of its days. */
export interface LocalAddress {
  /** Address on this machine, which may differ from the address that people use. */
  readonly url: string;
  readonly timeZone: string;
}

/** A running installation on this machine, and the secret that makes who can read it an administrator there. */
export interface Installation extends LocalAddress {
  readonly secret: string;
}

/**
 * Where the installation of a data directory answers.
 * @throws CliFailure `unavailable` when it does not run, `denied` when the directory belongs to someone else
 */
export function localAddress(dataDirectory: string): LocalAddress {
  const base = resolve(dataDirectory);
  const state = read(join(base, 'run', 'state.json'), runState);
  if (state !== null) return { url: state.local, timeZone: state.timeZone };
  throw new CliFailure('unavailable', `No installation runs in ${base}: start it with npm start, or set DATA_DIR.`);
}

/**
 * The running installation of a data directory, with its secret.
 * @throws CliFailure as `localAddress`; `refused` when its files are not those of this version
 */
export function localInstallation(dataDirectory: string): Installation {
  const address = localAddress(dataDirectory);
  const path = join(resolve(dataDirectory), 'secrets.json');
  const kept = read(path, secrets);
  if (kept !== null) return { ...address, secret: kept.cliSecret };
  throw new CliFailure('refused', `${path} is missing: restore it from a backup, or sign in with --user.`);
}

function read<T>(path: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const sentence = `${path} cannot be read (${code}): run this as the user it belongs to, or sign in with --user.`;
    throw new CliFailure('denied', sentence, { cause });
  }
  const result = schema.safeParse(parse(text));
  if (result.success) return result.data;
  throw new CliFailure('refused', `${path} is not of this version: stop the installation and start it with npm start.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
