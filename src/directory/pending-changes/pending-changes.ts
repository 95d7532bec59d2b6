import { isSameAccount } from '../../domain/identities.js';
import { groups, systemActor } from '../../domain/roles.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { exclusively } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { timeText } from '../../kernel/time-zone.js';
import { appendAudit } from '../../records/index.js';
import { validate, type ChangeGate, type RawInput } from '../../web/mount-routes.js';
import type { Route, RouteContext } from '../../web/route.js';
import { isFromCommandLine } from '../../web/sign-in/cli-signature.js';
import type { SignedInUser } from '../../web/signed-in-user.js';
import type { AccountDirectory } from '../accounts/account-directory.js';
import { secondAdministratorWithin } from '../options/options.js';

export type ChangeOutcome = 'confirmed' | 'rejected' | 'expired';

/** A change that waits for a second administrator, or has waited. */
export interface PendingChange {
  readonly id: string;
  /** What it would change, as a sentence. */
  readonly what: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  /** Null while it waits. */
  readonly outcome: ChangeOutcome | null;
  readonly settledBy: string | null;
  readonly settledAt: Date | null;
}

interface StoredChange extends PendingChange {
  readonly operation: string;
  readonly input: RawInput;
}

const columns = {
  id: 'id',
  what: 'what',
  requestedBy: 'requested_by',
  requestedAt: 'requested_at',
  expiresAt: 'expires_at',
  outcome: 'outcome',
  settledBy: 'settled_by',
  settledAt: 'settled_at',
} as const;

/** How many changes are listed: all that wait, and those settled last. */
const listed = 200;

/**
 * Changes of administrators that a second one confirms, where the option asks for it. What waits is the call itself: it is validated and made
 * again when it is confirmed, in the name of the person who asked for it, so that everything that prevents it by then is found.
 */
export class PendingChanges implements ChangeGate {
  private readonly operations = new Map<string, Route>();

  constructor(
    private readonly db: Knex,
    private readonly directory: AccountDirectory,
  ) {}

  /** Returns the operations whose calls can wait. */
  know(routes: readonly Route[]): void {
    for (const route of routes) if (route.toConfirm !== undefined) this.operations.set(operationOf(route), route);
  }

  async asks(): Promise<boolean> {
    return (await secondAdministratorWithin(this.db)) !== null;
  }

  async hold(route: Route, input: RawInput, what: string, user: SignedInUser): Promise<void> {
    const within = await secondAdministratorWithin(this.db);
    if (within === null) return;
    const { id, expiresAt } = await this.db.transaction(async (trx) => {
      const [made] = await trx('pending_change')
        .insert({
          operation: operationOf(route),
          input: JSON.stringify(input),
          what,
          requested_by: user.id,
          expires_at: trx.raw('now() + cast(? as interval)', [within]),
        })
        .returning<{ id: string; expiresAt: Date }[]>(['id', 'expires_at as expiresAt']);
      if (made === undefined) throw new ProductError('internal', 'The database has kept no change.');
      await this.record(trx, user.id, 'change-requested', made.id, { what, operation: operationOf(route) });
      return made;
    });
    throw new ProductError(
      'second-administrator',
      `Nothing has changed yet: this waits as change ${id} for another administrator to confirm it, until ${timeText(expiresAt)}.`,
      { change: id },
    );
  }

  /** Those that wait first, then those settled last. */
  async list(): Promise<PendingChange[]> {
    return this.db('pending_change')
      .orderByRaw('outcome is not null, case when outcome is null then id end, settled_at desc')
      .limit(listed)
      .select<PendingChange[]>(columns);
  }

  /**
   * Makes a change that waits, in the name of the person who asked for it.
   * @throws ProductError `not-found`, `change-settled`; `forbidden` for the person who asked for it, for the command line of the machine, and
   *   where the person who asked is no longer an administrator; and what the operation itself refuses, after which the change keeps waiting
   */
  async confirm(
    user: SignedInUser,
    id: string,
    context: Pick<RouteContext<unknown, unknown, unknown>, 'requestId' | 'caller'>,
  ): Promise<void> {
    await exclusively(this.db, 'pendingChanges', async () => {
      const change = await this.waiting(id);
      if (isSameAccount(user.id, change.requestedBy))
        throw new ProductError(
          'forbidden',
          'You asked for this change yourself, so another administrator has to confirm it.',
        );
      if (isFromCommandLine(user))
        throw new ProductError('forbidden', 'A person confirms a change: sign in with --user.');
      const route = this.operations.get(change.operation);
      if (route === undefined)
        throw new ProductError(
          'change-settled',
          'This version does not know the change any more: reject it, and ask for it again.',
        );
      await route.handler({
        ...validate(route, change.input),
        user: await this.requester(change.requestedBy),
        ...context,
      });
      await this.settle(change, 'confirmed', user.id);
    });
  }

  /**
   * Takes a change off the list; the person who asked for it may do so, too.
   * @throws ProductError `not-found`, `change-settled`
   */
  async reject(user: SignedInUser, id: string): Promise<void> {
    await exclusively(this.db, 'pendingChanges', async () => {
      await this.settle(await this.waiting(id), 'rejected', user.id);
    });
  }

  /** Ends those whose time is over. */
  async expire(): Promise<void> {
    const over = await this.db('pending_change')
      .whereNull('outcome')
      .where('expires_at', '<=', this.db.fn.now())
      .orderBy('id')
      .select<StoredChange[]>({ ...columns, operation: 'operation', input: 'input' });
    if (over.length === 0) return;
    await exclusively(this.db, 'pendingChanges', async () => {
      for (const change of over) await this.settle(change, 'expired', systemActor);
    });
  }

  private async waiting(id: string): Promise<StoredChange> {
    const found = await this.db('pending_change')
      .where({ id })
      .first<StoredChange | undefined>({ ...columns, operation: 'operation', input: 'input' });
    if (found === undefined) throw new ProductError('not-found', 'There is no such change.');
    const outcome = found.outcome ?? (found.expiresAt.getTime() <= Date.now() ? 'expired' : null);
    if (outcome !== null)
      throw new ProductError('change-settled', `The change is ${outcome}, so it does not wait any more.`);
    return found;
  }

  /** Who asked, with what they may do now. */
  private async requester(id: string): Promise<SignedInUser> {
    const asAdministrator = { groups: [groups.admin], roles: new Set(['admin'] as const) };
    if (isFromCommandLine({ id })) return { id, name: id, ...asAdministrator };
    const account = await this.directory.get(id);
    if (!account.roles.has('admin'))
      throw new ProductError('forbidden', `${id} asked for this change but is no administrator any more: reject it.`);
    return { id, name: `${account.firstName} ${account.lastName}`.trim(), ...asAdministrator };
  }

  private async settle({ id, what, requestedBy }: PendingChange, outcome: ChangeOutcome, by: string): Promise<void> {
    await this.db.transaction(async (trx) => {
      const settled = await trx('pending_change')
        .where({ id })
        .whereNull('outcome')
        .update({ outcome, settled_by: by, settled_at: trx.fn.now() });
      if (settled === 1) await this.record(trx, by, `change-${outcome}`, id, { what, requestedBy });
    });
  }

  private record(
    trx: Transaction,
    actor: string,
    action: string,
    id: string,
    details: Readonly<Record<string, string>>,
  ): Promise<void> {
    return appendAudit(trx, [{ actor, action, objectType: 'pending-change', objectId: id, details }]);
  }
}

function operationOf({ method, path }: Route): string {
  return `${method.toUpperCase()} ${path}`;
}
