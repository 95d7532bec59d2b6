import { pino, type Logger } from 'pino';
import type { ErrorRequestHandler } from 'express';
import { ProductError } from '../../src/kernel/errors.js';
import { SecurityEvents } from '../../src/kernel/security-events.js';
import { refusals } from '../../src/web/refusals.js';

/** The handler of refusals, for tests that mount only a few routes. */
export function testRefusals(log: Logger = pino({ level: 'silent' })): ErrorRequestHandler {
  return refusals(log, new SecurityEvents({ log }));
}

/** The code of a refusal. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (raw: unknown) => {
      if (raw instanceof ProductError) return raw.code;
      throw raw;
    },
  );
