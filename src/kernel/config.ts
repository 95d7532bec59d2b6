import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isTimeZone } from './time-zone.js';

/** The only place that reads the environment. Every variable has a line in the README. */
const port = z.coerce.number({ message: 'must be a port number' }).int().min(1).max(65_535);
const url = (...protocols: string[]): z.ZodType<string> =>
  z.string().refine(
    (text) => {
      try {
        return protocols.includes(new URL(text).protocol);
      } catch {
        return false;
      }
    },
    `must be an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );
const databaseUrl = url('postgres:', 'postgresql:');
const origin = url('http:', 'https:').refine((text) => ['', '/'].includes(new URL(text).pathname), 'must have no path');
/** Passwords of accounts to create, as JSON: `{"admin": "…"}`. */
const passwords = z
  .string()
  .default('{}')
  .transform((text, context): Record<string, string> => {
    try {
      return z.record(z.string(), z.string().min(8)).parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON object of passwords by account' });
      return z.NEVER;
    }
  });
/** Whose days count; the zone of the machine where it is not set. */
const timeZone = z
  .string()
  .refine(isTimeZone, 'must be the IANA name of a time zone, for example Europe/Berlin')
  .optional();
const secret = z.string().min(32, 'must have at least 32 characters');

/** Addresses and networks (`10.0.0.0/8`), or names of such: `loopback`, `linklocal`, `uniquelocal`. */
const trustedProxies = z.string().transform((text, context): readonly string[] => {
  const places = text.split(',').map((each) => each.trim());
  const wrong = places.find((place) => !isNetwork(place));
  if (wrong === undefined) return places;
  const form = 'addresses and networks with commas between them, for example 10.0.0.0/8,192.0.2.7';
  context.addIssue({ code: 'custom', message: `must be ${form}` });
  return z.NEVER;
});

function isNetwork(place: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(place)) return true;
  const [address = '', bits, ...rest] = place.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

/** Seconds; proxies keep their connections for 60 as a rule, and ours have to outlive theirs. */
const keepAliveSeconds = z.coerce
  .number({ message: 'must be a number of seconds' })
  .int()
  .min(5)
  .max(7_200)
  .default(75);

/** A key that seals PINs and PUKs. */
export interface SecretsKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** One key a line, `id:base64 of 32 bytes`, the current one first; empty lines and lines that begin with # are left out. */
const secretsKeys = z.string().transform((text, context): readonly SecretsKey[] => {
  const keys: SecretsKey[] = [];
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, id = '', base64 = ''] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(line.trim()) ?? [];
    if (id === '')
      return refuse(
        `has in line ${index + 1} no key: write id:base64, 32 random bytes, as from openssl rand -base64 32`,
      );
    if (keys.some((key) => key.id === id)) return refuse(`names the key ${id} twice: give each key an id of its own`);
    keys.push({ id, key: Buffer.from(base64, 'base64') });
  }
  return keys.length === 0 ? refuse('holds no key: write one line, id:base64 of 32 random bytes') : keys;
});

/** A key of Ed25519 that blocks of the audit log are signed with, or judged by. */
export interface AuditKey {
  readonly id: string;
  readonly isPrivate: boolean;
  /** 32 bytes: the seed of a private key, or a public key. */
  readonly bytes: Buffer;
}

/** One key a line, `id:base64` of a private key or `id:public:base64`; the first one signs. */
const auditKeys = z.string().transform((text, context): readonly AuditKey[] => {
  const keys: AuditKey[] = [];
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, id = '', mark, base64 = ''] =
      /^([A-Za-z0-9._-]{1,64}):(public:)?([A-Za-z0-9+/]{43}=)$/.exec(line.trim()) ?? [];
    if (id === '')
      return refuse(
        `has in line ${index + 1} no key: write id:base64, 32 random bytes as from openssl rand -base64 32, or id:public:base64`,
      );
    if (keys.some((key) => key.id === id)) return refuse(`names the key ${id} twice: give each key an id of its own`);
    keys.push({ id, isPrivate: mark === undefined, bytes: Buffer.from(base64, 'base64') });
  }
  return keys.length === 0 ? refuse('holds no key: write one line, id:base64 of 32 random bytes') : keys;
});

const contentOfFile = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (raw) {
    const { code } = raw as NodeJS.ErrnoException;
    context.addIssue({ code: 'custom', message: `names a file that cannot be read (${code ?? 'unknown'})` });
    return z.NEVER;
  }
});

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});
const jsonWebKey = z.looseObject({ kty: z.string() });

/** What production backends need to know of us and we of them: values by backend and name, for example `token`. */
export type BackendSecrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The file of those, as JSON: `{"our-bureau": {"token": "…", "webhookKey": "…"}}`. */
const backendSecretsFile: z.ZodType<BackendSecrets> = contentOfFile.pipe(json).pipe(
  z.record(z.string(), z.record(z.string(), z.string().min(1)), {
    message: 'names a file that is not a JSON object of secrets by backend',
  }),
);

/** A place outside the database for the heads of the sealed audit log. */
export type AnchorSetting =
  | { readonly file: string }
  | { readonly syslog: string }
  | { readonly http: string; readonly token?: string | undefined };

/** A list of those, as JSON: `[{"file": "…"}, {"syslog": "tcp://…"}, {"http": "https://…", "token": "…"}]`. */
const anchorSettings: z.ZodType<readonly AnchorSetting[]> = z.array(
  z.union([
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ syslog: url('tcp:', 'tls:', 'udp:') }),
    z.strictObject({ http: url('http:', 'https:'), token: z.string().min(1).optional() }),
  ]),
  {
    message: 'names a file that is not a JSON list of places, each with file, syslog or http',
  },
);

/** What seals the audit log and keeps its head. */
export const auditEnvironment = z.object({
  /** A file for the head, as the launcher makes one in the data directory. */
  AUDIT_ANCHOR_FILE: z.string().optional(),
  /** Further places, with their tokens. */
  AUDIT_ANCHORS_FILE: contentOfFile.pipe(json).pipe(anchorSettings).optional(),
  /** The keys that blocks are signed with; without it they are not signed. */
  AUDIT_KEYS_FILE: contentOfFile.pipe(auditKeys).optional(),
});

/** All places of the settings. */
export function anchorSettingsOf({
  AUDIT_ANCHOR_FILE,
  AUDIT_ANCHORS_FILE = [],
}: z.infer<typeof auditEnvironment>): readonly AnchorSetting[] {
  return [...(AUDIT_ANCHOR_FILE === undefined ? [] : [{ file: AUDIT_ANCHOR_FILE }]), ...AUDIT_ANCHORS_FILE];
}

/** Where the keys of PINs and PUKs come from: one of the two. */
export const secretsKeysEnvironment = z.object({
  SECRETS_KEYS: secretsKeys.optional(),
  SECRETS_KEYS_FILE: contentOfFile.pipe(secretsKeys).optional(),
});

/**
 * The keys of PINs and PUKs, the current one first.
 * @throws ConfigError unless exactly one of the two variables is set
 */
export function secretsKeysOf(config: z.infer<typeof secretsKeysEnvironment>): readonly SecretsKey[] {
  const { SECRETS_KEYS, SECRETS_KEYS_FILE } = config;
  const keys = SECRETS_KEYS ?? SECRETS_KEYS_FILE;
  const both = SECRETS_KEYS !== undefined && SECRETS_KEYS_FILE !== undefined;
  if (keys !== undefined && !both) return keys;
  const problem = both
    ? 'SECRETS_KEYS and SECRETS_KEYS_FILE are both set: keep one'
    : 'neither SECRETS_KEYS_FILE nor SECRETS_KEYS is set';
  throw new ConfigError(`${problem}. ${cure}`);
}

export const backendSecretsEnvironment = z.object({ BACKEND_SECRETS_FILE: backendSecretsFile.optional() });

/** What an installation may set; each one is optional for `npm start`. */
export const launcherEnvironment = z.object({
  PORT: port.default(8080),
  DATA_DIR: z.string().min(1).default('.data'),
  PUBLIC_URL: origin.optional(),
  TIME_ZONE: timeZone,
  TRUSTED_PROXIES: z.string().optional(),
  KEEP_ALIVE_SECONDS: z.string().optional(),
  METRICS_TOKEN: z.string().optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_OWNER_URL: databaseUrl.optional(),
  ENGINE_DATABASE_URL: databaseUrl.optional(),
  ENGINE_URL: url('http:', 'https:').optional(),
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  MAIL_FROM: z.string().min(3).default('Open Card Requests <cards@localhost>'),
  BOOTSTRAP_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  SECRETS_KEYS: z.string().optional(),
  SECRETS_KEYS_FILE: z.string().optional(),
  BACKEND_SECRETS_FILE: z.string().optional(),
  AUDIT_ANCHOR_FILE: z.string().optional(),
  AUDIT_ANCHORS_FILE: z.string().optional(),
  AUDIT_KEYS_FILE: z.string().optional(),
  PRINT_SHOP_SCRIPT: z.string().optional(),
  SAMPLE_DATA: z.enum(['none', 'demo'], { message: 'must be none or demo' }).default('demo'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

const shared = {
  DATABASE_URL: databaseUrl,
  ENGINE_URL: url('http:', 'https:'),
  PUBLIC_URL: origin,
  TIME_ZONE: timeZone,
  LOG_LEVEL: launcherEnvironment.shape.LOG_LEVEL,
  ...backendSecretsEnvironment.shape,
  ...secretsKeysEnvironment.shape,
};

/** Where the print shop is, and what is sealed for it. */
const printShop = z.object({ url: origin, publicKey: jsonWebKey });
export type PrintShop = z.infer<typeof printShop>;

/** What the server needs when it is started alone. */
export const serverEnvironment = z.object({
  ...shared,
  /** The owner of the tables, for migrations only; without it the role of DATABASE_URL runs them. */
  DATABASE_OWNER_URL: databaseUrl.optional(),
  PORT: launcherEnvironment.shape.PORT,
  DOOR_SECRET: secret,
  CLI_SECRET: secret.optional(),
  TRUSTED_PROXIES: trustedProxies.optional(),
  KEEP_ALIVE_SECONDS: keepAliveSeconds,
  METRICS_TOKEN: secret.regex(/^\S+$/, 'must have no blanks').optional(),
  SMTP_URL: launcherEnvironment.shape.SMTP_URL,
  MAIL_FROM: launcherEnvironment.shape.MAIL_FROM,
  HOST: z.string().min(1).default('127.0.0.1'),
  BOOTSTRAP_PASSWORDS: passwords,
  SAMPLE_DATA: launcherEnvironment.shape.SAMPLE_DATA,
  ...auditEnvironment.shape,
  /** The print shop that is part of the sample data. */
  PRINT_SHOP: json.pipe(printShop).optional(),
});

/** What a worker needs when it is started alone. */
export const workerEnvironment = z.object({
  ...shared,
  WORKER_SECRET: secret,
  WORKER_HEALTH_PORT: port.optional(),
  WORKER_SLOTS: z.coerce.number().int().min(1).max(500).default(32),
});

/** What the print shop (simulator of a print bureau) needs. */
export const printShopEnvironment = z.object({
  PRINT_SHOP_PORT: port,
  /** Folder of its journal. */
  PRINT_SHOP_DATA: z.string().min(1),
  PRINT_SHOP_TOKEN: secret,
  /** JWK; the public half of it is what orders are sealed with. */
  PRINT_SHOP_PRIVATE_KEY: json.pipe(jsonWebKey),
  /** Where results are reported, and the key that signs them; without these they can only be polled. */
  PRINT_SHOP_WEBHOOK_URL: url('http:', 'https:').optional(),
  PRINT_SHOP_WEBHOOK_KEY: secret.optional(),
  /** A file: how fast it works, and what goes wrong how often. */
  PRINT_SHOP_SCRIPT: contentOfFile.pipe(json).optional(),
  LOG_LEVEL: launcherEnvironment.shape.LOG_LEVEL,
});

/** What the command line of administrators reads. */
export const cliEnvironment = z.object({
  DATA_DIR: launcherEnvironment.shape.DATA_DIR,
  /** Times are shown in it where the installation does not run on this machine. */
  TIME_ZONE: timeZone,
  CARDS_PASSWORD: z.string().optional(),
  /** For what looks at the database itself, with or without a server: `audit verify`. */
  DATABASE_URL: databaseUrl.optional(),
  AUDIT_ANCHOR_FILE: z.string().optional(),
  AUDIT_ANCHORS_FILE: z.string().optional(),
  AUDIT_KEYS_FILE: z.string().optional(),
  /** Bearer token for anchors that `audit verify` reads from an address. */
  AUDIT_ANCHOR_TOKEN: z.string().optional(),
  /** Where npm was called; it runs scripts in the directory of package.json. */
  INIT_CWD: z.string().optional(),
});

export type LauncherConfig = z.infer<typeof launcherEnvironment>;
export type ServerConfig = z.infer<typeof serverEnvironment>;
export type WorkerConfig = z.infer<typeof workerEnvironment>;
export type PrintShopConfig = z.infer<typeof printShopEnvironment>;
export type CliConfig = z.infer<typeof cliEnvironment>;

const cure = 'Correct the environment and start again; the README lists every variable.';

/** A setting that cannot be used; the message names each variable and what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and validates settings. An empty variable counts as absent, as it does in most process managers.
 * @throws ConfigError naming every variable that is missing or wrong, never its value (it may be a secret).
 */
export function readConfig<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv = process.env): T {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return present[name] === undefined ? `${name} is not set` : `${name} ${issue.message}`;
  });
  throw new ConfigError(`${problems.join('; ')}. ${cure}`);
}
