import { z } from 'zod';
import { faultNames } from './faults.js';

/** How fast the shop works and how often what goes wrong: the JSON of PRINT_SHOP_SCRIPT. */
export const shopScript = z.strictObject({
  seed: z.int().default(1),
  /** Time for a card (ms). */
  cardMs: z.int().min(0).max(3_600_000).default(3_000),
  /** Cards of one ribbon. */
  ribbonCards: z.int().min(1).default(250),
  /** After this time somebody puts in a new ribbon (ms); null: only by hand. */
  ribbonChangeMs: z.int().min(0).nullable().default(30_000),
  /**
   * False for a careless shop, which makes a card for each order that it receives, also for a repeated key: what must not happen then is up
   * to the client alone.
   */
  honoursKeys: z.boolean().default(true),
  /** Probabilities. */
  faults: z.partialRecord(z.enum(faultNames), z.number().min(0).max(1)).default({}),
});
export type ShopScript = z.infer<typeof shopScript>;
