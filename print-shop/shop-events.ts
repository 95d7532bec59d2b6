import { z } from 'zod';

const at = z.iso.datetime();
const key = z.string();
const orderId = z.string();

/** What the shop keeps of a card: nothing that is secret, and no photo. */
const card = z.object({
  name: z.string(),
  cardType: z.string(),
  cardNumber: z.string(),
  layout: z.string(),
  chip: z.boolean(),
  /** Ordered together with many others: made after what was not. */
  inBatch: z.boolean().default(false),
  /** Only how long they are, for example `PIN received: 6 digits, PUK received: 8 digits`. */
  secrets: z.string().nullable(),
});
export type ShopCard = z.infer<typeof card>;

/** A line of the journal. All that the shop knows follows from these. */
export const shopEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), at }),
  /** `digest` distinguishes a repeat from another order under the same key. */
  z.object({ type: z.literal('accepted'), at, key, orderId, digest: z.string(), card }),
  z.object({
    type: z.literal('refused'),
    at,
    key,
    digest: z.string(),
    fields: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })),
  }),
  /** A card lies in the output tray: this and nothing else counts as a card. */
  z.object({ type: z.literal('made'), at, orderId, serialNumber: z.string(), chipUid: z.string().nullable() }),
  z.object({ type: z.literal('failed'), at, orderId, code: z.string(), reason: z.string() }),
  z.object({ type: z.literal('cancelled'), at, orderId }),
  z.object({ type: z.literal('acknowledged'), at, orderId }),
  z.object({ type: z.literal('letter'), at, key, letterId: z.string() }),
]);
export type ShopEvent = z.infer<typeof shopEvent>;
