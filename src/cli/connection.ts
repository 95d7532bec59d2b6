import { userInfo } from 'node:os';
import type { CliConfig } from '../kernel/config.js';
import { CLI_SIGNATURE_HEADER, signRequest } from '../engine/signing.js';
import { ApiClient, type Prove } from './api-client.js';
import { setTimeZone } from '../kernel/time-zone.js';
import { CliFailure } from './failures.js';
import { localAddress, localInstallation } from './installation.js';

/** Options that every command takes. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly user?: string;
}

/**
 * The installation that a command is for: on this machine by its data directory without a password, anywhere by
 * address, account and password. From here on times are shown in its zone; the zone of one elsewhere is the setting's.
 * @param ask asks for the password of an account
 * @throws CliFailure when the options do not fit together, or nothing runs on this machine
 */
export async function connect(
  { url, user }: ConnectionOptions,
  config: CliConfig,
  ask: (user: string) => Promise<string>,
): Promise<ApiClient> {
  if (user === undefined) {
    if (url !== undefined) throw new CliFailure('usage', '--url needs --user, too: your account at that installation.');
    const installation = localInstallation(config.DATA_DIR);
    setTimeZone(installation.timeZone);
    return new ApiClient(installation.url, bySignature(installation.secret), startIt);
  }
  const elsewhere = url === undefined ? null : { url: originOf(url), timeZone: config.TIME_ZONE, cure: checkIt };
  const { url: origin, timeZone, cure } = elsewhere ?? { ...localAddress(config.DATA_DIR), cure: startIt };
  setTimeZone(timeZone);
  return new ApiClient(origin, byPassword(user, config.CARDS_PASSWORD ?? (await ask(user))), cure);
}

const startIt = 'start the installation with npm start.';
const checkIt = 'check the address, and that the installation runs.';

/** The account under which what is done at the machine is logged. */
export function machineUser(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    // A container may run under a number that has no name.
    return `cli:uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

function bySignature(secret: string): Prove {
  const user = machineUser();
  return (request) => ({ [CLI_SIGNATURE_HEADER]: signRequest({ id: 'cli', secret }, { user, ...request }) });
}

function byPassword(user: string, password: string): Prove {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  return () => ({ authorization });
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.username !== '') {
    throw new CliFailure('usage', '--url is not an address without a path: give it as in https://cards.example.');
  }
  if (url.protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    throw new CliFailure('usage', '--url would send the password in the clear: give an address with https://.');
  }
  return url.origin;
}
