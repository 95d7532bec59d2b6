import { z } from 'zod';

/** An id that an administrator chooses, for card types, number ranges and backends; the database holds the same rule. */
export const chosenId = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must begin with a small letter and have small letters, digits and hyphens only')
  .max(100);
