import type { z } from 'zod';
import { appendAudit } from '../../../records/index.js';
import type { Transaction } from '../../../kernel/db/database.js';
import { ProductError } from '../../../kernel/errors.js';
import { fieldErrors, invalidRequest } from '../../../web/problem.js';
import type { BackendKind, BackendRegistry } from '../../production-types.js';
import type { BackendStatus } from '../backend.js';
import {
  deleteBackend,
  insertBackend,
  lockBackend,
  updateBackend,
  usesOfBackend,
  type Backend,
} from './backend-store.js';

/** What the settings of each kind have to be: the schema of its adapter. */
export type SettingsSchemas = Readonly<Record<BackendKind, z.ZodType>>;

/**
 * Adds a backend.
 * @throws ProductError `exists-already`, `invalid-request` for settings that its adapter cannot use
 */
export async function addBackend(
  trx: Transaction,
  actor: string,
  schemas: SettingsSchemas,
  backend: Backend,
): Promise<void> {
  assertSettings(schemas, backend);
  if (!(await insertBackend(trx, backend)))
    throw new ProductError('exists-already', `There is a card production backend "${backend.id}" already.`);
  const { id, ...details } = backend;
  await appendAudit(trx, [{ actor, action: 'backend-created', objectType: 'backend', objectId: id, details }]);
}

/**
 * Changes a backend; workers use it from their next call on.
 * @param assertUnchanged refuses when the caller saw another state
 * @throws ProductError `not-found`, `invalid-request` for settings that its adapter cannot use, what `assertUnchanged` throws
 */
export async function changeBackend(
  trx: Transaction,
  actor: string,
  schemas: SettingsSchemas,
  { id, ...content }: Omit<Backend, 'kind'>,
  assertUnchanged: (before: Backend) => void,
): Promise<void> {
  const before = await lockBackend(trx, id);
  assertUnchanged(before);
  const backend = { ...before, ...content };
  assertSettings(schemas, backend);
  await updateBackend(trx, backend);
  await appendAudit(trx, [
    { actor, action: 'backend-changed', objectType: 'backend', objectId: id, details: { from: before, to: backend } },
  ]);
}

/**
 * Deletes a backend that nothing has ever used.
 * @throws ProductError `not-found`, `backend-in-use`
 */
export async function removeBackend(trx: Transaction, actor: string, id: string): Promise<void> {
  const { name } = await lockBackend(trx, id);
  const uses = await usesOfBackend(trx, id);
  if (uses.length > 0)
    throw new ProductError('backend-in-use', `${name} is used by ${uses.join(', ')}, so it cannot be deleted.`);
  await deleteBackend(trx, id);
  await appendAudit(trx, [
    { actor, action: 'backend-deleted', objectType: 'backend', objectId: id, details: { name } },
  ]);
}

/** How long a backend may take to tell its status (ms). */
const statusWithinMs = 10_000;

/**
 * Asks a backend itself how it is, now.
 * @throws ProductError `backend-unavailable` with what went wrong
 */
export async function askBackend(registry: BackendRegistry, { id, name }: Backend): Promise<BackendStatus> {
  const backend = (await registry.all()).find((each) => each.id === id);
  if (backend === undefined)
    throw new ProductError(
      'backend-unavailable',
      `The settings of ${name} cannot be used; the log of the server says why.`,
    );
  try {
    return await backend.status(AbortSignal.timeout(statusWithinMs));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProductError('backend-unavailable', `${name} does not answer: ${reason}`, {}, { cause });
  }
}

function assertSettings(schemas: SettingsSchemas, { kind, settings }: Backend): void {
  const result = schemas[kind].safeParse(settings);
  if (result.success) return;
  throw invalidRequest(
    fieldErrors('', result.error).map(({ field, message }) => ({
      field: ['settings', field].filter(Boolean).join('.'),
      message,
    })),
  );
}
