import { appendAudit } from '../../../records/index.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { BackendSecrets } from '../../../kernel/config.js';
import type { Transaction } from '../../../kernel/db/database.js';
import type { Logger } from '../../../kernel/log.js';
import { ProductError } from '../../../kernel/errors.js';
import { fieldErrors, invalidRequest } from '../../../web/problem.js';
import type { BackendRegistry } from '../../production-types.js';
import { forbiddenAddress, leadsToForbidden } from '../address-guard.js';
import { addressesOf, originsOf, type BackendKind } from '../backend-kind.js';
import type { BackendStatus } from '../backend.js';
import {
  deleteBackend,
  insertBackend,
  lockBackend,
  updateBackend,
  usesOfBackend,
  type Backend,
} from './backend-store.js';
import { changedKeys, withoutKeys } from './changed-keys.js';
import { assertSecretsBelong, rememberOrigins } from './secret-origins.js';

/** What changes are judged by. */
export interface BackendRules {
  readonly kinds: readonly BackendKind[];
  /** Of all backends. */
  readonly secrets: BackendSecrets;
}

/** What monitoring learns of a change. */
export interface Moved {
  /** Settings whose key is another one. */
  readonly keys: readonly string[];
  /** Where the backend is called that it was not called at before. */
  readonly origins: readonly string[];
}

/**
 * Adds a backend.
 * @throws ProductError `exists-already`, `secret-elsewhere`, `invalid-request` for settings that its adapter cannot use
 */
export async function addBackend(
  trx: Transaction,
  actor: string,
  { kinds, secrets }: BackendRules,
  backend: Backend,
): Promise<Moved> {
  const kind = assertSettings(kinds, backend);
  await assertSecretsBelong(trx, { kind, backend, secrets }, null);
  if (!(await insertBackend(trx, backend)))
    throw new ProductError('exists-already', `There is a card production backend "${backend.id}" already.`);
  const { id, ...details } = withoutKeys(kind, backend);
  await appendAudit(trx, [{ actor, action: 'backend-created', objectType: 'backend', objectId: id, details }]);
  return { keys: [], origins: originsOf(kind, backend.settings) };
}

/**
 * Changes a backend; workers use it from their next call on.
 * @param confirm a changed key is meant
 * @param assertUnchanged refuses when the caller saw another state
 * @throws ProductError `not-found`, `secret-elsewhere`, `confirmation-needed`, `invalid-request` for settings that its adapter
 *   cannot use, what `assertUnchanged` throws
 */
export async function changeBackend(
  trx: Transaction,
  actor: string,
  { kinds, secrets }: BackendRules,
  { id, confirm = false, ...content }: Omit<Backend, 'kind'> & { readonly confirm?: boolean | undefined },
  assertUnchanged: (before: Backend) => void,
): Promise<Moved> {
  const before = await lockBackend(trx, id);
  assertUnchanged(before);
  const backend = { ...before, ...content };
  const kind = assertSettings(kinds, backend);
  await assertSecretsBelong(trx, { kind, backend, secrets }, before);
  const keys = changedKeys(kind, before, backend, confirm);
  await updateBackend(trx, backend);
  const details = { from: withoutKeys(kind, before), to: withoutKeys(kind, backend) };
  await appendAudit(trx, [
    { actor, action: 'backend-changed', objectType: 'backend', objectId: id, details },
    ...keys.map((name) => ({
      actor,
      action: 'backend-key-changed',
      objectType: 'backend' as const,
      objectId: id,
      details: { setting: name },
    })),
  ]);
  const known = originsOf(kind, before.settings);
  return { keys, origins: originsOf(kind, backend.settings).filter((origin) => !known.includes(origin)) };
}

/**
 * Deletes a backend that nothing has ever used.
 * @throws ProductError `not-found`, `backend-in-use`
 */
export async function removeBackend(
  trx: Transaction,
  actor: string,
  { kinds, secrets }: BackendRules,
  id: string,
): Promise<void> {
  const backend = await lockBackend(trx, id);
  const { name } = backend;
  const uses = await usesOfBackend(trx, id);
  if (uses.length > 0)
    throw new ProductError('backend-in-use', `${name} is used by ${uses.join(', ')}, so it cannot be deleted.`);
  const kind = kinds.find((each) => each.kind === backend.kind);
  if (kind !== undefined) await rememberOrigins(trx, { kind, backend, secrets });
  await deleteBackend(trx, id);
  await appendAudit(trx, [
    { actor, action: 'backend-deleted', objectType: 'backend', objectId: id, details: { name } },
  ]);
}

/**
 * Refuses addresses where no backend may be, as their names resolve at present.
 * @throws ProductError `invalid-request`
 */
export async function assertAddresses(
  kinds: readonly BackendKind[],
  { kind: name, settings }: Pick<Backend, 'kind' | 'settings'>,
): Promise<void> {
  const kind = kinds.find((each) => each.kind === name);
  const addresses = kind === undefined ? [] : addressesOf(kind, settings);
  const judged = await Promise.all(
    addresses.map(async (each) => ({ ...each, refused: await leadsToForbidden(each.address) })),
  );
  const refused = judged.filter((each) => each.refused);
  if (refused.length > 0)
    throw invalidRequest(refused.map((each) => ({ field: `settings.${each.name}`, message: forbiddenAddress })));
}

/** How long a backend may take to report its status (ms); a failure is answered after the same time. */
const statusWithinMs = 5_000;

/**
 * Asks a backend itself how it is, now. Whether nobody listens, a firewall is silent, or something else answers is one answer
 * after one time: the test must not reveal which ports of a network are open. The log has the cause.
 * @throws ProductError `backend-unavailable`
 */
export async function askBackend(
  registry: BackendRegistry,
  { id, name }: Backend,
  log: Logger,
  withinMs = statusWithinMs,
): Promise<BackendStatus> {
  const backend = (await registry.all()).find((each) => each.id === id);
  if (backend === undefined)
    throw new ProductError(
      'backend-unavailable',
      `The settings of ${name} cannot be used; the log of the server says why.`,
    );
  const over = pause(withinMs);
  try {
    return await backend.status(AbortSignal.timeout(withinMs));
  } catch (cause) {
    log.info({ err: cause, backend: id }, 'a card production backend was tested and does not answer');
    await over;
    throw new ProductError(
      'backend-unavailable',
      `${name} does not answer as a backend of its kind. Check address, network and secrets; the log of the server says what went wrong.`,
      {},
      { cause },
    );
  }
}

function assertSettings(kinds: readonly BackendKind[], { kind: name, settings }: Backend): BackendKind {
  const kind = kinds.find((each) => each.kind === name);
  if (kind === undefined)
    throw new ProductError('backend-unknown', `This installation has no adapter of the kind "${name}".`);
  const result = kind.settings.safeParse(settings);
  if (result.success) return kind;
  throw invalidRequest(
    fieldErrors('', result.error).map(({ field, message }) => ({
      field: ['settings', field].filter(Boolean).join('.'),
      message,
    })),
  );
}
