import { readBackendStatuses } from './backends/administration/backend-status.js';
import type { Transaction } from '../kernel/db/database.js';
import type { FailedProduction } from '../process/contract/index.js';
import { orderKeyText } from './backends/backend.js';
import type { LedgerKey } from './production-types.js';

/** What a production operator is shown of productions that have failed, by the text of their order's key. */
export async function readFailedProductions(
  trx: Transaction,
  orders: readonly LedgerKey[],
): Promise<Map<string, FailedProduction>> {
  if (orders.length === 0) return new Map();
  const [{ rows }, statuses] = await Promise.all([
    trx.raw<{ rows: (LedgerKey & Omit<FailedProduction, 'backend'> & { readonly backend: string })[] }>(
      `select c.id as "cardId", o.number, c.number as "cardNumber", h.given_name || ' ' || h.family_name as holder,
         h.employee_number as "employeeNumber", t.name as "cardType", o.backend
       from jsonb_to_recordset(cast(:keys as jsonb)) as k ("cardId" uuid, number integer)
       join production_order o on o.card_id = k."cardId" and o.number = k.number
       join card c on c.id = o.card_id join holder h on h.id = c.holder_id join card_type t on t.id = c.card_type`,
      { keys: JSON.stringify(orders.map(({ cardId, number }) => ({ cardId, number }))) },
    ),
    readBackendStatuses(trx),
  ]);
  return new Map(
    rows.map(({ cardId, number, cardNumber, holder, employeeNumber, cardType, backend }) => [
      orderKeyText({ cardId, number }),
      { cardNumber, holder, employeeNumber, cardType, backend: statuses.get(backend)?.text ?? backend },
    ]),
  );
}
