import { ProductError } from '../../../kernel/errors.js';
import type { CardJob } from '../../../cards/card-job.js';
import { orderKeyText } from '../backend.js';
import type { Order } from './contract.js';
import type { HttpSettings } from './http-settings.js';
import { seal } from './seal.js';

/**
 * The order of one card, as it is sent.
 * @throws ProductError `production-refused` for a card with a chip where there is no key to seal its PIN with
 */
export async function orderBody(job: CardJob, { publicKey, delivery }: HttpSettings): Promise<Buffer> {
  const { cardId, number, inBatch, cardType, layout, elements, photo, chip, secrets } = job;
  const key = orderKeyText(job);
  if (secrets !== null && publicKey === null) {
    const message =
      'The print bureau has no public key, so the PIN of the card cannot be sent to it. Ask an administrator to set one.';
    throw new ProductError('production-refused', message);
  }
  const sealed =
    secrets === null || publicKey === null
      ? null
      : await seal(Buffer.from(JSON.stringify(secrets)), { order: key, contentType: 'application/json' }, publicKey);
  const order: Order = {
    key,
    cardId,
    number,
    inBatch,
    cardType,
    layout: { name: layout.layout, version: layout.version },
    elements,
    photo: photo === null ? null : { contentType: photo.contentType, data: photo.bytes.toString('base64') },
    readOuts: chip ? ['chipUid'] : [],
    delivery,
    encrypted: sealed,
  };
  return Buffer.from(JSON.stringify(order));
}

const open = Buffer.from('{"orders":[');
const comma = Buffer.from(',');
const close = Buffer.from(']}');

/** One call for several cards, made of the very bytes that are kept for each. */
export function batchBody(bodies: readonly Buffer[]): Buffer {
  return Buffer.concat([open, ...bodies.flatMap((body, at) => (at === 0 ? [body] : [comma, body])), close]);
}
