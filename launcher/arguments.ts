import { parseArgs } from 'node:util';
import type { launcherEnvironment } from '../src/kernel/config.js';
import { useCaseIds, useCases } from '../src/process/contract/use-cases.js';
import { StartFailure } from './start-failure.js';

/** A use case to enable once everything runs. */
export interface Enable {
  readonly useCase: string;
  readonly variant: string;
}

export interface LauncherArguments {
  readonly help: boolean;
  readonly enable: readonly Enable[];
}

/** What each setting does, for `--help`. */
const meaning: Readonly<Record<keyof typeof launcherEnvironment.shape, string>> = {
  PORT: 'port of web pages and API (8080)',
  DATA_DIR: 'where everything is kept that must outlive a start (.data)',
  PUBLIC_URL: 'address that people use, where a proxy stands in front (http://localhost:PORT)',
  TIME_ZONE: 'IANA name of the zone whose days count, such as Europe/Berlin (that of the machine)',
  TRUSTED_PROXIES: 'proxies whose word on the address of a caller counts (none)',
  KEEP_ALIVE_SECONDS: 'how long idle connections stay open (75)',
  METRICS_TOKEN: 'bearer token for /metrics and the details of /healthz (on this machine none is needed)',
  DATABASE_URL: 'PostgreSQL database for cards (else an embedded one)',
  DATABASE_OWNER_URL: 'the same database as the owner of its tables, for migrations only',
  ENGINE_DATABASE_URL: 'PostgreSQL database for the process engine (else an embedded one)',
  ENGINE_URL: 'an engine host that runs already; needs DOOR_SECRET and WORKER_SECRET too (else our own is started)',
  SMTP_URL: 'mail server (else mails stay in the outbox and are shown)',
  MAIL_FROM: 'sender of mails',
  BOOTSTRAP_PASSWORD: 'password of all first accounts (else random ones, shown once)',
  SECRETS_KEYS_FILE: 'file with the keys that seal PINs and PUKs (else one is made in the data directory)',
  SECRETS_KEYS: 'the same keys themselves, instead of a file',
  AUDIT_ANCHOR_FILE: 'file that the head of the sealed audit log is written to (else one in the data directory)',
  AUDIT_ANCHORS_FILE: 'file with further places for it: files, syslog and HTTP collectors',
  AUDIT_KEYS_FILE: 'file with the keys that sign the audit log (else one is made in the data directory)',
  BACKEND_SECRETS_FILE: 'file with the secrets of card production backends (else one in the data directory)',
  SAMPLE_DATA: 'none: no fictional card holders and no print shop (demo)',
  PRINT_SHOP_SCRIPT: 'file that says how fast the print shop of the sample data works, and what goes wrong there',
  LOG_LEVEL: 'debug, info, warn or error (info)',
};

/** The text of `npm start -- --help`. */
export function usage(): string {
  const width = Math.max(...Object.keys(meaning).map((name) => name.length));
  const settings = Object.entries(meaning).map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  const [example] = useCaseIds;
  return [
    'Usage: npm start -- [--enable USE-CASE=VARIANT]… [--help]',
    '',
    'Starts PostgreSQL, the process engine, server and worker on this machine and keeps them running until Ctrl-C.',
    '',
    '  --enable USE-CASE=VARIANT  enable a use case once everything runs; may be given several times,',
    `                             for example --enable ${example}=${example === undefined ? '' : useCases[example].firstVariant}`,
    '  --help                     show this text',
    '',
    'Environment, each optional:',
    ...settings,
  ].join('\n');
}

/** @throws StartFailure for a flag, a use case or a form of words that does not exist */
export function parseArguments(args: readonly string[]): LauncherArguments {
  const options = { enable: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } } as const;
  let values: { enable?: string[]; help?: boolean };
  try {
    ({ values } = parseArgs({ args: [...args], options, allowPositionals: false }));
  } catch (raw) {
    const said = raw instanceof Error ? (raw.message.split('. ')[0] ?? '') : String(raw);
    throw new StartFailure(`${said}: \`npm start -- --help\` lists what there is.`, { cause: raw });
  }
  return { help: values.help ?? false, enable: (values.enable ?? []).map(parseEnable) };
}

function parseEnable(text: string): Enable {
  const [useCase = '', variant = '', ...rest] = text.split('=');
  if (useCase === '' || variant === '' || rest.length > 0) {
    throw new StartFailure(
      `--enable ${text} is not of the form USE-CASE=VARIANT, for example request-card=with-approval.`,
    );
  }
  if (!useCaseIds.some((id) => id === useCase)) {
    throw new StartFailure(`There is no use case ${useCase}: choose one of ${useCaseIds.join(', ')}.`);
  }
  return { useCase, variant };
}
