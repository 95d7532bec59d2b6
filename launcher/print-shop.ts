import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataDirectory } from './data-directory.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

/** The backend that the print shop is registered as. */
const backend = 'print-shop';

/** What the print shop and the product have to know of each other. */
export interface PrintShopAccess {
  readonly token: string;
  readonly webhookKey: string;
  /** JWK. */
  readonly privateKey: Readonly<Record<string, unknown>>;
  readonly publicKey: Readonly<Record<string, unknown>>;
}

const jsonWebKey = z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string(), d: z.string() });
const backendSecrets = z.record(z.string(), z.record(z.string(), z.string()));
const shopSecrets = z.object({ token: z.string(), webhookKey: z.string() });

/**
 * Opens what the print shop needs, made on the first start: its key, beside its journal, and its entry in the file with the
 * secrets of backends, whose other entries are the administrators' own.
 * @throws StartFailure when one of the files is damaged
 */
export function openPrintShop({ printShop: folder, backendSecrets: path }: DataDirectory): PrintShopAccess {
  const secrets = readPrivateFile(path, backendSecrets) ?? {};
  const known = shopSecrets.safeParse(secrets[backend]);
  const { token, webhookKey } = known.success ? known.data : newSecrets();
  if (!known.success) writePrivateFile(path, { ...secrets, [backend]: { token, webhookKey } });

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, 'key.json');
  const kept = readPrivateFile(keyFile, jsonWebKey);
  const privateKey =
    kept ?? jsonWebKey.parse(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));
  if (kept === null) writePrivateFile(keyFile, privateKey);
  const { d: _private, ...publicKey } = privateKey;
  return { token, webhookKey, privateKey, publicKey };
}

function newSecrets() {
  return { token: randomBytes(32).toString('base64url'), webhookKey: `whsec_${randomBytes(32).toString('base64')}` };
}
