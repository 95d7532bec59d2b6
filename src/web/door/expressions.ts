import { ProductError } from '../../kernel/errors.js';

/**
 * Refuses members and parameters whose name ends in `Expression`, at any depth. The engine evaluates them; inside
 * `orQueries` it does so past its own guard (CVE-2026-109432).
 * @throws ProductError `forbidden`
 */
export function assertNoExpressions(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (/expression$/i.test(name)) throw new ProductError('forbidden', `Expressions are not evaluated here: ${name}.`);
    assertNoExpressions(member);
  }
}
