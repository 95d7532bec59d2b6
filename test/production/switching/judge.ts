import type { Knex } from '../../../src/kernel/db/database.js';
import type { ShopReport } from '../../../bench/lib/print-shop-process.js';
import { allowsDirectOrders, type Situation, type Variant } from './situation.js';

/** What the test knows of a production order because it was there. */
export interface OrderNote {
  readonly cardId: string;
  /** The situation in which it was ordered. */
  readonly ordered: Situation;
  /** By which variant the card was requested, as it applied when that was registered or reserved; null for a direct order. */
  readonly requestedBy: Variant | null;
  /** The situation in which the print shop was called; null while it was not. */
  handedOver: Situation | null;
}

/** An approved request and its decision, as they are on record. */
interface Approval {
  readonly cardId: string;
  readonly decision: string | null;
}

/**
 * What is wrong with the cards that the print shop has physically made, by its own ledger: each of them has to have an
 * approval on record, or a variant that needs none, or was ordered and handed over while Request card was off.
 * @param notes by the key of the order
 */
export async function faultsOf(
  db: Knex,
  made: ShopReport['cards'],
  notes: ReadonlyMap<string, OrderNote>,
): Promise<string[]> {
  const approvals = await db('card_request as r')
    .leftJoin('decision as d', 'd.request_id', 'r.id')
    .where('r.state', 'approved')
    .select<Approval[]>({ cardId: 'r.card_id', decision: 'd.decision' });
  const approvalOf = new Map(approvals.map((approval) => [approval.cardId, approval]));
  const seen = new Set<string>();
  return made.flatMap(({ key }) => {
    if (seen.has(key)) return [`${key} was made twice`];
    seen.add(key);
    const note = notes.get(key);
    if (note === undefined) return [`${key} was made and nobody has ordered it`];
    const approval = approvalOf.get(note.cardId);
    if (approval?.decision === 'approve') return [];
    if (approval !== undefined) {
      return note.requestedBy === 'without-approval'
        ? []
        : [`${key} was made without a decision, though its variant asks for one`];
    }
    return [
      ...(allowsDirectOrders(note.ordered)
        ? []
        : [`${key} was made without a request, ordered while ${told(note.ordered)}`]),
      ...(note.handedOver?.request === false
        ? []
        : [`${key} was made without a request, handed over while ${told(note.handedOver)}`]),
    ];
  });
}

function told(situation: Situation | null): string {
  return situation === null ? 'nobody called the shop' : JSON.stringify(situation);
}
