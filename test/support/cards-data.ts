import { randomUUID } from 'node:crypto';
import type { Knex } from '../../src/kernel/db/database.js';
import { fingerprintOf, readRequestContent } from '../../src/requests/request-content.js';
import { changeUseCase } from '../../src/variants/use-cases/use-case-changes.js';
import { ensureUseCases, recordVersions, type ProcessVersion } from '../../src/variants/use-cases/use-case-store.js';

/** Definitions as a deployment would have recorded them. */
export const variants = {
  withApproval: variant('with-approval', 1),
  withApproval2: variant('with-approval', 2),
  withoutApproval: variant('without-approval', 1),
} as const;

function variant(id: string, version: number): ProcessVersion {
  const processKey = `request-card-${id}`;
  return {
    definitionId: `${processKey}:${version}:test`,
    processKey,
    version,
    name: `Request card ${id.replace('-', ' ')}`,
    useCase: 'request-card',
    variant: id,
    sourceHash: 'test',
    deployedBy: 'test',
  };
}

/** Card types, variants and the use case row, as a fresh installation has them. */
export async function installed(db: Knex): Promise<void> {
  await ensureUseCases(db);
  await recordVersions(db, [variants.withApproval, variants.withoutApproval]);
  await db('card_type').insert([
    { id: 'employee', name: 'Employee', photo_required: true, position: 1 },
    { id: 'visitor', name: 'Visitor', photo_required: false, position: 2 },
  ]);
}

/** Chooses a variant, as an administrator does. */
export async function choose(
  db: Knex,
  variantId: 'with-approval' | 'without-approval',
  version?: number,
): Promise<void> {
  await db.transaction((trx) =>
    changeUseCase(trx, 'request-card', { enabled: true, variant: variantId, version }, { actor: 'admin' }),
  );
}

/** Adds a clearly fictional card holder and returns its id. */
export async function addHolder(
  db: Knex,
  number: string,
  more: { state?: 'active' | 'inactive'; account?: string; photo?: boolean } = {},
): Promise<string> {
  const id = randomUUID();
  let photo: string | null = null;
  if (more.photo === true) {
    photo = randomUUID();
    await db('photo').insert({ id: photo, content_type: 'image/jpeg', sha256: number, bytes: Buffer.from('sample') });
  }
  await db('holder').insert({
    id,
    employee_number: number,
    given_name: 'Sample',
    family_name: `Person ${number}`,
    email: `${number.toLowerCase()}@example.org`,
    upn: `${number.toLowerCase()}@upn.example.org`,
    department: 'Testing',
    state: more.state ?? 'active',
    account: more.account ?? null,
    photo_id: photo,
  });
  return id;
}

/** What an approver who looks at a request now would put on record to have seen. */
export async function seenContent(db: Knex, requestId: string): Promise<string> {
  return fingerprintOf(await readRequestContent(db, requestId));
}
