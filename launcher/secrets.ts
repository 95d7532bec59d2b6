import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.js';

const secret = z.string().min(32);
const secrets = z.object({
  /** Superuser of the embedded PostgreSQL. */
  postgresPassword: secret,
  cardsDatabasePassword: secret,
  engineDatabasePassword: secret,
  /** Signs the server's calls to the engine host. */
  doorSecret: secret,
  /** Signs the workers' calls to the engine host. */
  workerSecret: secret,
});
export type Secrets = z.infer<typeof secrets>;

/** The secrets between the parts of one installation, made on its first start. 256 bits each, safe inside an address. */
export function openSecrets(path: string): Secrets {
  const kept = readPrivateFile(path, secrets);
  if (kept !== null) return kept;
  const made = secrets.parse(
    Object.fromEntries(Object.keys(secrets.shape).map((name) => [name, randomBytes(32).toString('base64url')])),
  );
  writePrivateFile(path, made);
  return made;
}
