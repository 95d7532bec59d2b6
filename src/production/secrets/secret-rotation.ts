import { appendAudit } from '../../records/index.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { KeyRing } from '../../kernel/key-ring.js';
import { resealSecondFactors } from '../../web/sign-in/second-factor-keys.js';
import { sealedFor } from './card-secret-place.js';
import { countByKey, lockSecretsOf, replaceSealed } from './secret-store.js';

/** Secrets sealed again in one transaction. */
const batch = 500;

/** What a rotation has done, and which keys are no longer needed. */
export interface Rotation {
  /** Id of the key that seals everything now. */
  readonly currentKey: string;
  /** Secrets that were sealed again. */
  readonly resealed: number;
  /** Ids of keys that nothing is sealed with any more; they can be removed from the settings. */
  readonly unneededKeys: readonly string[];
  /** Secrets whose key is not among the keys of this server. */
  readonly unreadable: readonly { readonly key: string; readonly secrets: number }[];
}

/**
 * Seals every secret with the current key, set by set: a rotation that was interrupted is simply started again.
 * @throws ProductError `secret-unreadable` for a secret that was altered; the sets before it stay done
 */
export async function rotateSecrets(db: Knex, keys: KeyRing, actor: string): Promise<Rotation> {
  const oldKeys = keys.ids.filter((id) => id !== keys.current);
  let resealed = await resealSecondFactors(db, keys);
  for (;;) {
    const done = await db.transaction((trx) => resealSome(trx, keys, oldKeys));
    resealed += done;
    if (done < batch) break;
  }
  const counts = await countByKey(db);
  const rotation = {
    currentKey: keys.current,
    resealed,
    unneededKeys: oldKeys.filter((id) => !counts.has(id)),
    unreadable: [...counts].filter(([id]) => !keys.ids.includes(id)).map(([key, secrets]) => ({ key, secrets })),
  };
  await appendAudit(db, [
    { actor, action: 'secrets-rotated', objectType: 'secrets', objectId: keys.current, details: { ...rotation } },
  ]);
  return rotation;
}

async function resealSome(trx: Transaction, keys: KeyRing, oldKeys: readonly string[]): Promise<number> {
  const rows = await lockSecretsOf(trx, oldKeys, batch);
  await replaceSealed(
    trx,
    rows.map((row) => ({
      cardId: row.cardId,
      number: row.number,
      kind: row.kind,
      ...keys.seal(keys.open(row, sealedFor(row)), sealedFor(row)),
    })),
  );
  return rows.length;
}
