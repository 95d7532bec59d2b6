import type { Knex, Transaction } from '../../kernel/db/database.js';
import { readSecretOptions } from '../../directory/index.js';
import type { KeyRing } from '../../kernel/key-ring.js';
import { sealedFor, type CardSecretPlace } from './card-secret-place.js';
import { randomSecrets, type SecretGenerator } from './secret-generator.js';
import { insertSecrets, readSecrets, type SecretRow } from './secret-store.js';
import type { ClearSecrets, SecretOrder } from './secret-types.js';

/** Makes the PIN and PUK of a card, keeps them sealed and opens them for their delivery. */
export class CardSecrets {
  constructor(
    private readonly keys: KeyRing,
    private readonly generator: SecretGenerator = randomSecrets,
  ) {}

  /**
   * PIN and PUK of production orders, made and sealed by the current options the first time; a repeat answers the same. The
   * clear text is for the backend's encrypted field only. Any number of orders takes the same few statements.
   * @returns by `cardId-number`; none for a card without a chip
   * @throws ProductError `secret-unreadable`
   */
  async makeSecrets(
    trx: Transaction,
    orders: readonly (SecretOrder & { readonly chip: boolean })[],
  ): Promise<ReadonlyMap<string, ClearSecrets>> {
    const chips = orders.filter(({ chip }) => chip);
    if (chips.length === 0) return new Map();
    const known = await this.openSecrets(trx, chips);
    const unmade = chips.filter((order) => !known.has(nameOf(order)));
    if (unmade.length === 0) return known;
    const { pinLength, pukLength, pinDelivery, pukDelivery } = await readSecretOptions(trx);
    const made = unmade.map((order) => ({
      order,
      secrets: { pin: this.generator.pin(pinLength), puk: this.generator.puk(pukLength) },
    }));
    const rows = made.flatMap(({ order: { cardId, number }, secrets }) => {
      const row = (kind: CardSecretPlace['kind'], delivery: SecretRow['delivery']): SecretRow => {
        const belongsTo = { cardId, number, kind };
        return { ...belongsTo, ...this.keys.seal(secrets[kind], sealedFor(belongsTo)), delivery };
      };
      return [row('pin', pinDelivery), row('puk', pukDelivery)];
    });
    await insertSecrets(trx, rows);
    return new Map([...known, ...made.map(({ order, secrets }) => [nameOf(order), secrets] as const)]);
  }

  /**
   * PIN and PUK of orders, opened, by `cardId-number`; none where they are not there (any more).
   * @throws ProductError `secret-unreadable`
   */
  async openSecrets(db: Knex, orders: readonly SecretOrder[]): Promise<ReadonlyMap<string, ClearSecrets>> {
    const rows = new Map<string, SecretRow[]>();
    for (const row of await readSecrets(db, orders)) rows.set(nameOf(row), [...(rows.get(nameOf(row)) ?? []), row]);
    const opened = new Map<string, ClearSecrets>();
    for (const [name, both] of rows) {
      const { pin, puk } = this.open(both);
      if (pin !== null && puk !== null) opened.set(name, { pin, puk });
    }
    return opened;
  }

  /**
   * What is to be delivered one way, opened at the moment of delivery.
   * @throws ProductError `secret-unreadable`
   */
  async openFor(db: Knex, order: SecretOrder, delivery: 'print' | 'e-mail'): Promise<DeliveredSecrets> {
    const rows = await readSecrets(db, [order]);
    return this.open(rows.filter((row) => row.delivery === delivery));
  }

  private open(rows: readonly SecretRow[]): DeliveredSecrets {
    const opened = rows.map((row): [string, string] => [row.kind, this.keys.open(row, sealedFor(row))]);
    return { pin: null, puk: null, ...Object.fromEntries(opened) };
  }
}

/** Each null where it is not delivered this way, or not any more. */
export interface DeliveredSecrets {
  readonly pin: string | null;
  readonly puk: string | null;
}

const nameOf = ({ cardId, number }: SecretOrder): string => `${cardId}-${number}`;
