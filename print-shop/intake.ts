import { createHash } from 'node:crypto';
import {
  order as orderSchema,
  problemCodes,
  sealedSecrets,
  type BatchAnswer,
  type Order,
  type WrongField,
} from '../src/production/backends/http/contract.js';
import type { Faults } from './faults.js';
import type { ShopCard } from './shop-events.js';
import { now, type ShopLedger } from './shop-ledger.js';
import type { Unseal } from './unseal.js';

export type IntakeAnswer = BatchAnswer['answers'][number];

/** Longest name that fits on a card. */
const longestName = 80;

export interface IntakeDeps {
  readonly ledger: ShopLedger;
  readonly faults: Faults;
  readonly unseal: Unseal;
  /** See `ShopScript`. */
  readonly honoursKeys: boolean;
  /** Called when there is work. */
  readonly notify: () => void;
}

/** Takes orders: each key once, for any number of repeats and concurrent calls. */
export class Intake {
  /** Orders that are being looked at, so that a second call with the same key waits for the first. */
  private readonly looking = new Map<string, Promise<unknown>>();

  constructor(private readonly deps: IntakeDeps) {}

  /** @param raw an order as it came, valid by the contract */
  async take(raw: unknown): Promise<IntakeAnswer> {
    const order = orderSchema.parse(raw);
    const digest = createHash('sha256').update(JSON.stringify(raw)).digest('hex');
    const before = this.looking.get(order.key) ?? Promise.resolve();
    const mine = before.then(() => this.decide(order, digest));
    this.looking.set(order.key, mine);
    try {
      const answer = await mine;
      await this.deps.ledger.settled();
      return answer;
    } finally {
      if (this.looking.get(order.key) === mine) this.looking.delete(order.key);
    }
  }

  private async decide(order: Order, digest: string): Promise<IntakeAnswer> {
    const { ledger, notify, honoursKeys } = this.deps;
    const { key } = order;
    const known = honoursKeys ? ledger.orders.get(key) : undefined;
    const refused = honoursKeys ? ledger.refusals.get(key) : undefined;
    if ((known ?? refused ?? { digest }).digest !== digest) {
      return { key, outcome: 'refused', code: problemCodes.mismatch, detail: 'This key was used for another order.' };
    }
    if (known !== undefined) return { key, outcome: 'accepted', orderId: known.orderId };
    if (refused !== undefined) return refusal(key, refused.fields);
    const { fields, secrets } = await this.inspect(order);
    if (fields.length > 0) {
      void ledger.record({ type: 'refused', at: now(), key, digest, fields });
      return refusal(key, fields);
    }
    const orderId = ledger.nextOrderId;
    void ledger.record({ type: 'accepted', at: now(), key, orderId, digest, card: cardOf(order, secrets) });
    notify();
    return { key, outcome: 'accepted', orderId };
  }

  /** What is wrong with an order, and what may be remembered of its PIN and PUK. */
  private async inspect({
    key,
    elements,
    encrypted,
    readOuts,
  }: Order): Promise<{ fields: WrongField[]; secrets: string | null }> {
    const fields: WrongField[] = [];
    const wrong = (field: string, code: string, message: string) => fields.push({ field, code, message });
    if (elements.name.length > longestName)
      wrong('elements.name', 'too-long', `has more than ${longestName} characters`);
    if (this.deps.faults.strikes('refused', key))
      wrong('elements.name', 'unprintable', 'has a character that the font does not have');
    if (encrypted === null) {
      if (readOuts.includes('chipUid')) wrong('encrypted', 'missing', 'is needed for a card with a chip');
      return { fields, secrets: null };
    }
    const opened = await this.deps.unseal(encrypted, key);
    const { data } = sealedSecrets.safeParse(opened === null ? null : parse(opened));
    if (data === undefined) {
      wrong(
        'encrypted',
        'cannot-be-opened',
        'is not PIN and PUK, sealed for this order with the public key of the shop',
      );
      return { fields, secrets: null };
    }
    return { fields, secrets: `PIN received: ${data.pin.length} digits, PUK received: ${data.puk.length} digits` };
  }
}

function refusal(key: string, fields: readonly WrongField[]): IntakeAnswer {
  return {
    key,
    outcome: 'refused',
    code: problemCodes.refused,
    detail: 'The card cannot be made like this.',
    fields: [...fields],
  };
}

function cardOf({ elements, cardType, layout, readOuts, inBatch = false }: Order, secrets: string | null): ShopCard {
  return {
    name: elements.name,
    cardType,
    cardNumber: elements.cardNumber,
    layout: `${layout.name} v${layout.version}`,
    chip: readOuts.includes('chipUid'),
    inBatch,
    secrets,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
