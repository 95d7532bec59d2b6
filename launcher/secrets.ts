import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile, writePrivateText } from './private-file.js';

const secret = z.string().min(32);
const secrets = z.object({
  /** Superuser of the embedded PostgreSQL. */
  postgresPassword: secret,
  /** Owner of the tables for cards, which the server and workers never see. */
  cardsOwnerPassword: secret,
  cardsDatabasePassword: secret,
  engineDatabasePassword: secret,
  /** Signs the server's calls to the engine host. */
  doorSecret: secret,
  /** Signs the workers' calls to the engine host. */
  workerSecret: secret,
  /** Signs the calls of the command line: who can read it is an administrator of this installation. */
  cliSecret: secret,
});
export type Secrets = z.infer<typeof secrets>;

/** The secrets between the parts of one installation, each made on the first start that needs it: 256 bits, safe in an address. */
export function openSecrets(path: string): Secrets {
  const kept = readPrivateFile(path, secrets.partial()) ?? {};
  const made = Object.keys(secrets.shape).map((name) => [name, randomBytes(32).toString('base64url')]);
  const complete = secrets.parse({ ...Object.fromEntries(made), ...kept });
  if (Object.keys(kept).length < made.length) writePrivateFile(path, complete);
  return complete;
}

/**
 * The file with the secrets of production backends, where administrators add those of their own.
 * @returns the path
 */
export function openBackendSecrets(path: string): string {
  if (!existsSync(path)) writePrivateFile(path, {});
  return path;
}

/**
 * The file with the keys that seal PINs and PUKs, made with one key on the first start. It stays apart from the other
 * secrets because administrators edit it to change keys.
 * @returns the path
 */
export function openSecretsKeys(path: string): string {
  return openKeys(path, 'Keys that seal PINs and PUKs, the current one first. Without them undelivered PINs are lost.');
}

/**
 * The file with the keys that sign the blocks of the audit log; made and edited in the same way.
 * @returns the path
 */
export function openAuditKeys(path: string): string {
  return openKeys(
    path,
    'Keys that sign the audit log, the current one first. Keep the others: they prove what they signed.',
  );
}

function openKeys(path: string, comment: string): string {
  if (existsSync(path)) return path;
  const key = `k-${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`;
  writePrivateText(path, `# ${comment}\n${key}\n`);
  return path;
}
