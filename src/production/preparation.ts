import type { Transaction } from '../kernel/db/database.js';
import { cutSecrets } from '../domain/cut-secrets.js';
import { isProductError, ProductError } from '../kernel/errors.js';
import { orderKeyText, type PreparedCard, type ProductionBackend } from './backends/backend.js';
import { backoffMs } from '../kernel/backoff.js';
import type { CarrierParts } from './carrier-types.js';
import { endHeld } from './held-order.js';
import { readJobs } from './job-reader.js';
import type { Claim, ClaimedIntent } from './order-ledger.js';

/** PINs and PUKs by `orderKeyText`, so that they can be cut out of every text about a failure. */
type ClearSecrets = Map<string, { readonly pin: string; readonly puk: string }>;

/** An order that could not be prepared. */
interface Unprepared {
  readonly order: ClaimedIntent;
  readonly raw: unknown;
}

/**
 * Makes what is sent for each order, with a PIN and PUK of its own, and keeps it: sealed again it would be another body under
 * the same key. All orders together take a few statements; where one of them fails, they are prepared one by one. An
 * order that can never be made fails, any other fault keeps it waiting.
 */
export async function prepareOrders(
  backend: ProductionBackend,
  orders: readonly ClaimedIntent[],
  claim: Claim,
  parts: CarrierParts,
): Promise<void> {
  if (orders.length === 0) return;
  const secrets: ClearSecrets = new Map();
  let unprepared: readonly Unprepared[];
  try {
    unprepared = await parts.db.transaction((trx) => prepareAll(trx, backend, orders, claim, parts, secrets));
  } catch (raw) {
    const [order, ...others] = orders;
    if (order === undefined) return;
    if (others.length > 0) {
      for (const each of orders) await prepareOrders(backend, [each], claim, parts);
      return;
    }
    unprepared = [{ order, raw }];
  }
  await setAside(unprepared, secrets, claim, parts);
}

async function prepareAll(
  trx: Transaction,
  backend: ProductionBackend,
  orders: readonly ClaimedIntent[],
  claim: Claim,
  { ledger, secrets: maker }: CarrierParts,
  secrets: ClearSecrets,
): Promise<Unprepared[]> {
  // Those that were cancelled meanwhile, or that another worker has, are left out; the others stay with us until the commit.
  const held = new Set((await ledger.hold(trx, orders, claim)).map(orderKeyText));
  const ours = orders.filter((order) => held.has(orderKeyText(order)));
  const jobs = new Map((await readJobs(trx, ours)).map((job) => [orderKeyText(job), job]));
  for (const [key, made] of await maker.makeSecrets(trx, [...jobs.values()])) secrets.set(key, made);
  const cards: PreparedCard[] = [];
  const unprepared: Unprepared[] = [];
  const prepareOne = async (order: ClaimedIntent): Promise<void> => {
    const { cardId, number } = order;
    const job = jobs.get(orderKeyText(order));
    try {
      if (job === undefined)
        throw new ProductError(
          'production-refused',
          'The card has no number, no layout, or nothing that was approved, so it cannot be made.',
        );
      cards.push({
        cardId,
        number,
        body: await backend.prepare({ ...job, secrets: secrets.get(orderKeyText(order)) ?? null }),
      });
    } catch (raw) {
      unprepared.push({ order, raw });
    }
  };
  await Promise.all(ours.map(prepareOne));
  await ledger.keepBodies(trx, cards, claim);
  return unprepared;
}

/** What a backend can never make fails; a missing key or a fault of ours would fail every card alike: they wait until it is mended. */
async function setAside(
  unprepared: readonly Unprepared[],
  secrets: ClearSecrets,
  claim: Claim,
  parts: CarrierParts,
): Promise<void> {
  const { ledger, log, times } = parts;
  const failures = unprepared.map(({ order, raw }) => {
    const { pin, puk } = secrets.get(orderKeyText(order)) ?? {};
    const cut = (text: string) =>
      cutSecrets(
        text,
        [pin, puk].filter((secret) => secret !== undefined),
      );
    return { order, raw, cut, refused: isProductError(raw) && raw.isBusiness ? raw : null };
  });
  await endHeld(
    failures.flatMap(({ order: { cardId, number }, cut, refused }) =>
      refused === null
        ? []
        : [
            {
              cardId,
              number,
              state: 'failed' as const,
              orderId: null,
              code: refused.code,
              reason: cut(refused.message),
            },
          ],
    ),
    claim,
    parts,
  );
  for (const { order, raw, cut, refused } of failures) {
    if (refused !== null) continue;
    const error = cut(raw instanceof Error ? (raw.stack ?? raw.message) : String(raw));
    log.error(
      { error, order: orderKeyText(order), attempts: order.attempts },
      'a card could not be prepared for production',
    );
    const reason = isProductError(raw)
      ? cut(raw.message)
      : 'The card could not be prepared; the log of the worker says why. It is tried again.';
    await ledger.prepareLater(order, claim, backoffMs(order.attempts, times), reason);
  }
}
