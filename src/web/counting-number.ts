import { z } from 'zod';

/** The largest `integer` of PostgreSQL: beyond it there is no version, number or revision to find. */
const largest = 2_147_483_647;

/** A version or number that counts from 1, in a body. */
export const countingNumber = z.number().int().min(1).max(largest);

/** The same in a path or query. */
export const countingNumberText = z.coerce.number().int().min(1).max(largest);
