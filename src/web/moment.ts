import { z } from 'zod';
import { momentOf } from '../kernel/time-zone.js';

/**
 * A moment in a query: a day or a time of the installation's zone, or a time with a zone of its own. A day is its beginning.
 */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
    message: 'is not a date such as 2026-01-31, nor a time such as 2026-01-31T08:00 or 2026-01-31T08:00:00Z',
  })
  .transform((text) => momentOf(text));
