import type { Knex, Transaction } from '../db/database.js';
import { readSecretOptions } from '../options/options.js';
import type { KeyRing, SealedFor } from './key-ring.js';
import { randomSecrets, type SecretGenerator } from './secret-generator.js';
import { insertSecrets, readSecrets, type SecretRow } from './secret-store.js';
import type { ClearSecrets, SecretOrder } from './secret-types.js';

/** Makes the PIN and PUK of a card, keeps them sealed and opens them for whoever delivers them. */
export class CardSecrets {
  constructor(
    private readonly keys: KeyRing,
    private readonly generator: SecretGenerator = randomSecrets,
  ) {}

  /**
   * The PIN and PUK of one production order, made and sealed by the options of now the first time; a repeat answers the
   * same. The clear text is for the backend's encrypted field only.
   * @returns null for a card without a chip
   * @throws ProductError `secret-unreadable`
   */
  async makeSecrets(trx: Transaction, { cardId, number, chip }: SecretOrder & { readonly chip: boolean }): Promise<ClearSecrets | null> {
    if (!chip) return null;
    const known = await this.openSecrets(trx, { cardId, number });
    if (known !== null) return known;
    const { pinLength, pukLength, pinDelivery, pukDelivery } = await readSecretOptions(trx);
    const secrets = { pin: this.generator.pin(pinLength), puk: this.generator.puk(pukLength) };
    const row = (kind: SealedFor['kind'], delivery: SecretRow['delivery']): SecretRow => {
      const belongsTo = { cardId, number, kind };
      return { ...belongsTo, ...this.keys.seal(secrets[kind], belongsTo), delivery };
    };
    await insertSecrets(trx, [row('pin', pinDelivery), row('puk', pukDelivery)]);
    return secrets;
  }

  /**
   * The PIN and PUK of one order, opened.
   * @returns null where there are none (any more)
   * @throws ProductError `secret-unreadable`
   */
  async openSecrets(db: Knex, order: SecretOrder): Promise<ClearSecrets | null> {
    const { pin, puk } = this.open(await readSecrets(db, order));
    return pin === null || puk === null ? null : { pin, puk };
  }

  /**
   * What is to be delivered one way, opened at the moment of delivery.
   * @throws ProductError `secret-unreadable`
   */
  async openFor(db: Knex, order: SecretOrder, delivery: 'print' | 'e-mail'): Promise<DeliveredSecrets> {
    const rows = await readSecrets(db, order);
    return this.open(rows.filter((row) => row.delivery === delivery));
  }

  private open(rows: readonly SecretRow[]): DeliveredSecrets {
    const opened = rows.map((row): [string, string] => [row.kind, this.keys.open(row, row)]);
    return { pin: null, puk: null, ...Object.fromEntries(opened) };
  }
}

/** Each null where it is not delivered this way, or not any more. */
export interface DeliveredSecrets {
  readonly pin: string | null;
  readonly puk: string | null;
}
