import { groups as roleGroups } from '../../domain/roles.js';
import type { EngineClient } from '../../engine/client.js';
import { isEngineError } from '../../engine/client.js';
import { ensureFilters } from '../../engine/filters.js';
import { ensureGroup } from '../../engine/identity.js';
import { joinGroup, leaveGroup, reconcileOwnGroups } from '../../engine/own-groups.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { appendAudit } from '../../records/index.js';
import type { Identity } from '../../web/sign-in/identity.js';
import { isTechnical, type AccountDirectory } from '../accounts/account-directory.js';
import {
  getOwnGroup,
  insertOwnGroup,
  listOwnGroups,
  lockOwnGroup,
  updateOwnGroup,
  type OwnGroup,
} from './group-store.js';

/** Of the engine's own administrators; nobody of the organisation is in it. */
const engineAdministrators = 'camunda-admin';

/** Groups of the organisation's own. Who is in them the engine's identity service keeps, as for the product's roles. */
export class GroupService {
  constructor(
    private readonly db: Knex,
    private readonly engine: EngineClient,
    private readonly user: string,
    private readonly directory: AccountDirectory,
    private readonly identity: Identity,
  ) {}

  /** @throws ProductError `exists-already`, also for a group of the product */
  async add(actor: string, group: OwnGroup): Promise<void> {
    if (Object.values<string>(roleGroups).includes(group.id) || group.id === engineAdministrators)
      throw new ProductError('exists-already', `The product has a group "${group.id}" already: use another id.`);
    await this.db.transaction(async (trx) => {
      await insertOwnGroup(trx, group);
      const { id: objectId, ...details } = group;
      await appendAudit(trx, [{ actor, action: 'group-created', objectType: 'group', objectId, details }]);
    });
    await this.reconcile();
  }

  /**
   * Changes name, description, whether it may approve, and whether it is retired.
   * @param assertUnchanged refuses when the caller saw another state
   * @throws ProductError `not-found`, `exists-already`, what `assertUnchanged` throws
   */
  async change(actor: string, group: OwnGroup, assertUnchanged: (before: OwnGroup) => void): Promise<void> {
    await this.db.transaction(async (trx) => {
      const before = await lockOwnGroup(trx, group.id);
      assertUnchanged(before);
      const changed = (Object.keys(group) as (keyof OwnGroup)[]).filter((field) => before[field] !== group[field]);
      if (changed.length === 0) return;
      await updateOwnGroup(trx, group);
      const details = Object.fromEntries(changed.map((field) => [field, { from: before[field], to: group[field] }]));
      await appendAudit(trx, [{ actor, action: 'group-changed', objectType: 'group', objectId: group.id, details }]);
    });
    await this.reconcile();
  }

  /** Ids of the accounts in a group, sorted. */
  async members(id: string): Promise<string[]> {
    return [...(await this.directory.membersOfGroup(id))].filter((each) => !isTechnical(each)).sort();
  }

  /** Puts an account into a group. @throws ProductError `not-found` for either, `group-retired` */
  async join(actor: string, id: string, account: string): Promise<void> {
    const group = await getOwnGroup(this.db, id);
    if (group.retired)
      throw new ProductError(
        'group-retired',
        `${group.name} is retired: take it back into use before you put people into it.`,
      );
    await this.directory.get(account);
    await ensureGroup(this.engine, this.user, id, group.name);
    await this.setMember(actor, group, account, true);
  }

  /** Takes an account out of a group. @throws ProductError `not-found` for a group */
  async leave(actor: string, id: string, account: string): Promise<void> {
    await this.setMember(actor, await getOwnGroup(this.db, id), account, false);
  }

  /** Brings the engine's groups and Tasklist's lists to what is stored here. Safe to repeat. */
  async reconcile(): Promise<void> {
    await exclusively(this.db, 'groups', async () => {
      const groups = await listOwnGroups(this.db);
      await reconcileOwnGroups(this.engine, this.user, groups);
      const listed: OwnGroup[] = [];
      for (const group of groups) if (!group.retired || (await this.hasTasks(group.id))) listed.push(group);
      await ensureFilters(this.engine, this.user, listed);
    });
  }

  private async setMember(
    actor: string,
    { id, mayApprove }: OwnGroup,
    account: string,
    member: boolean,
  ): Promise<void> {
    await exclusively(this.db, 'accounts', async () => {
      if ((await this.directory.membersOfGroup(id)).has(account) === member) return;
      await (member ? joinGroup : leaveGroup)(this.engine, this.user, id, account).catch((raw: unknown) => {
        // Its owner was removed meanwhile, and is in no group.
        if (member || !isEngineError(raw, 404)) throw raw;
      });
      const action = member ? 'group-joined' : 'group-left';
      const details = { group: id, mayApprove };
      await appendAudit(this.db, [{ actor, action, objectType: 'account', objectId: account, details }]);
      await this.identity.changes.announce(account);
      await this.identity.security.record('roles-changed', {
        account: actor,
        subject: account,
        details: { ...details, member },
      });
    });
  }

  private async hasTasks(group: string): Promise<boolean> {
    const query = { candidateGroup: group, includeAssignedTasks: true };
    const { count } = await this.engine.call<{ count: number }>({ user: this.user, path: '/task/count', query });
    return count > 0;
  }
}
