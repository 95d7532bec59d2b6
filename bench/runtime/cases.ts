import { randomUUID } from 'node:crypto';
import type { CommandPayload } from '../../src/engine/outbox/command-store.js';
import { reserveRequest } from '../../src/requests/request-registration.js';
import { reservationStart } from '../../src/requests/request-start.js';
import { inParallel } from '../lib/pool.js';
import type { BenchSystem, Variant } from './system.js';

const requester = 'operator';
const cardType = 'visitor';

/** The command that starts one case; its business key names the case. */
export type CaseStart = CommandPayload & { readonly kind: 'start' };

/** Cases that look like the product's, but that only the engine knows: enough for handlers that do nothing. */
export function emptyCases(count: number, variant: Variant): CaseStart[] {
  return Array.from({ length: count }, () => caseOf(randomUUID(), randomUUID(), variant));
}

/** Cases as the product makes them: a holder each, and a request that was reserved over the API. */
export async function reservedCases({ cards, variant }: BenchSystem, count: number): Promise<CaseStart[]> {
  const holders = Array.from({ length: count }, () => randomUUID());
  await cards.batchInsert(
    'holder',
    holders.map((id) => ({
      ...{ id, employee_number: id, given_name: 'Sample', family_name: 'Person', email: `${id}@example.org` },
      ...{ upn: `${id}@upn.example.org`, department: 'Measuring', state: 'active' },
    })),
  );
  return cards.transaction(async (trx) => {
    const cases: CaseStart[] = [];
    for (const holder of holders) {
      const { id } = await reserveRequest(trx, { requester, holder, cardType, idempotencyKey: null });
      cases.push(caseOf(id, holder, variant));
    }
    return cases;
  });
}

function caseOf(id: string, holder: string, { key, version }: Variant): CaseStart {
  const command = reservationStart({ id, holder, cardType, user: requester, variantKey: key, variantVersion: version });
  if (command.kind !== 'start') throw new Error('A reservation starts a process.');
  return command;
}

/** Starts the cases as the outbox of engine commands does, so many at once. */
export async function startCases({ carrier }: BenchSystem, cases: readonly CaseStart[], width = 8): Promise<void> {
  await inParallel(cases, width, async (command) => {
    const result = await carrier.execute(command, 1);
    if (result.state !== 'done') throw new Error(`A case was not started: ${JSON.stringify(result)}`);
  });
}
