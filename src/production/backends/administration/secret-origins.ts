import type { BackendSecrets } from '../../../kernel/config.js';
import type { Transaction } from '../../../kernel/db/database.js';
import { ProductError } from '../../../kernel/errors.js';
import { originsOf, sentSecrets, statedOrigins, type BackendKind } from '../backend-kind.js';
import type { Backend } from './backend-store.js';

interface Places {
  readonly kind: BackendKind;
  readonly backend: Backend;
  /** Of all backends. */
  readonly secrets: BackendSecrets;
}

/**
 * Refuses addresses that the secret of a backend was not given for: a person who may change an address must not be sent
 * the token. The file of secrets can say which origins a secret is for; without that it is for those that the backend has.
 * @param before the backend as it was; null for a new one
 * @throws ProductError `secret-elsewhere`
 */
export async function assertSecretsBelong(
  trx: Transaction,
  { kind, backend, secrets }: Places,
  before: Backend | null,
): Promise<void> {
  const given = secrets[backend.id] ?? {};
  const [secret] = sentSecrets(kind, given);
  if (secret === undefined) return;
  const known =
    statedOrigins(given) ??
    (before === null ? await rememberedOrigins(trx, backend.id) : originsOf(kind, before.settings));
  const others = originsOf(kind, backend.settings).filter((origin) => known !== null && !known.includes(origin));
  if (known === null || others.length === 0) return;
  throw new ProductError(
    'secret-elsewhere',
    `The ${secret} of ${backend.name} was given for ${known.join(' and ')}. ${others.join(' and ')} needs another: put it into the file of ` +
      `BACKEND_SECRETS_FILE with "origin": "${originsOf(kind, backend.settings).join(' ')}", start again, and save the address then.`,
  );
}

/** Keeps what the secret of a backend was for beyond the backend: deleting and adding it again gives the secret to nobody. */
export async function rememberOrigins(trx: Transaction, { kind, backend, secrets }: Places): Promise<void> {
  if (sentSecrets(kind, secrets[backend.id] ?? {}).length === 0) return;
  await trx('backend_secret_origin')
    .insert({ backend: backend.id, origins: originsOf(kind, backend.settings) })
    .onConflict('backend')
    .merge();
}

async function rememberedOrigins(trx: Transaction, id: string): Promise<readonly string[] | null> {
  const row = await trx('backend_secret_origin')
    .where({ backend: id })
    .first<{ readonly origins: string[] } | undefined>('origins');
  return row?.origins ?? null;
}
