import type { Knex } from '../../kernel/db/database.js';
import type { KeyRing } from '../../kernel/key-ring.js';
import { placeOf } from './second-factors.js';

/**
 * Seals the secrets of second factors that older keys have sealed with the current one.
 * @returns how many
 * @throws ProductError `secret-unreadable`
 */
export async function resealSecondFactors(db: Knex, keys: KeyRing): Promise<number> {
  const oldKeys = keys.ids.filter((id) => id !== keys.current);
  return db.transaction(async (trx) => {
    const rows = await trx('second_factor')
      .whereIn('key_id', oldKeys)
      .orderBy('account')
      .forUpdate()
      .select<{ account: string; sealed: Buffer; keyId: string }[]>({
        account: 'account',
        sealed: 'sealed',
        keyId: 'key_id',
      });
    for (const row of rows) {
      const place = placeOf(row.account);
      const { sealed, keyId } = keys.seal(keys.open(row, place), place);
      await trx('second_factor').where({ account: row.account }).update({ sealed, key_id: keyId });
    }
    return rows.length;
  });
}
