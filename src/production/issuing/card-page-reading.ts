import { readBackendStatuses, type BackendStatus } from '../backends/administration/backend-status.js';
import { getCardType, getHolder } from '../../directory/index.js';
import { getCard, whatCannotBePrinted, whatChangedSince } from '../../cards/index.js';
import type { CardDetails } from '../../cards/card-reading.js';
import type { Knex } from '../../kernel/db/database.js';
import { isProductError } from '../../kernel/errors.js';
import type { Holder } from '../../directory/holders/holder-types.js';
import { listOrders } from '../production-reading.js';
import type { OrderDetails } from '../production-types.js';
import { getRequest } from '../../requests/index.js';
import type { RequestDetails } from '../../requests/request-types.js';
import type { Change } from '../../cards/snapshots/snapshot-changes.js';

/** Everything that the page of a card shows. */
export interface CardStory {
  readonly card: CardDetails;
  readonly holder: Holder;
  /** Null for a card that was issued directly. */
  readonly request: RequestDetails | null;
  readonly changes: readonly Change[];
  /** What cannot be printed as it is, as sentences; null where there is no layout to print it with. */
  readonly unprintable: readonly string[] | null;
  /** Newest last. */
  readonly orders: readonly OrderDetails[];
  /** How each backend stands, by its id. */
  readonly backendStatuses: ReadonlyMap<string, BackendStatus>;
  /** Where the card type has its cards made now; null where it does not say. */
  readonly backend: string | null;
}

/** @throws ProductError `not-found` */
export async function readCardStory(db: Knex, cardId: string): Promise<CardStory> {
  const card = await getCard(db, cardId);
  const [holder, request, changes, unprintable, orders, backendStatuses, { backend }] = await Promise.all([
    getHolder(db, card.holder.id),
    card.requestId === null ? null : getRequest(db, card.requestId),
    whatChangedSince(db, [cardId]),
    unprintableOf(db, cardId),
    listOrders(db, cardId),
    readBackendStatuses(db),
    getCardType(db, card.cardType.id),
  ]);
  return { card, holder, request, changes: changes.get(cardId) ?? [], unprintable, orders, backendStatuses, backend };
}

async function unprintableOf(db: Knex, cardId: string): Promise<string[] | null> {
  try {
    return await whatCannotBePrinted(db, cardId);
  } catch (raw) {
    if (!isProductError(raw, 'card-type-incomplete')) throw raw;
    return null;
  }
}
