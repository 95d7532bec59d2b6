import type { Knex, Transaction } from '../../kernel/db/database.js';
import { violates } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';

/** A group of people that the organisation made for its own processes; the groups of the product's roles are not here. */
export interface OwnGroup {
  readonly id: string;
  readonly name: string;
  /** What it is for, for those who put people into it; may be empty. */
  readonly description: string;
  /** Its members may decide on card requests. */
  readonly mayApprove: boolean;
  /** Retired groups are named by no new diagram; tasks that wait for them can still be done. */
  readonly retired: boolean;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly may_approve: boolean;
  readonly retired: boolean;
}

/** Every group, retired ones too, by id. */
export async function listOwnGroups(db: Knex): Promise<OwnGroup[]> {
  return (await db('own_group').orderBy('id').select<Row[]>()).map(toGroup);
}

/** @throws ProductError `not-found` */
export async function getOwnGroup(db: Knex, id: string): Promise<OwnGroup> {
  return found(id, await db('own_group').where({ id }).first<Row | undefined>());
}

/** As `getOwnGroup`, and nobody else changes it until the transaction ends. @throws ProductError `not-found` */
export async function lockOwnGroup(trx: Transaction, id: string): Promise<OwnGroup> {
  return found(id, await trx('own_group').where({ id }).forUpdate().first<Row | undefined>());
}

/** @throws ProductError `exists-already` for an id or a name that another group has */
export async function insertOwnGroup(trx: Transaction, group: OwnGroup): Promise<void> {
  await refusingDoubles(group, trx('own_group').insert(toRow(group)));
}

/** @throws ProductError `exists-already` for a name that another group has */
export async function updateOwnGroup(trx: Transaction, group: OwnGroup): Promise<void> {
  await refusingDoubles(group, trx('own_group').where({ id: group.id }).update(toRow(group)));
}

function found(id: string, row: Row | undefined): OwnGroup {
  if (row === undefined) throw new ProductError('not-found', `The organisation has no group "${id}" of its own.`);
  return toGroup(row);
}

async function refusingDoubles({ id, name }: OwnGroup, statement: PromiseLike<unknown>): Promise<void> {
  try {
    await statement;
  } catch (raw) {
    if (violates(raw, 'own_group_pkey'))
      throw new ProductError('exists-already', `There is a group "${id}" already.`, {}, { cause: raw });
    if (violates(raw, 'own_group_name'))
      throw new ProductError('exists-already', `Another group is called ${name} already.`, {}, { cause: raw });
    throw raw;
  }
}

function toGroup({ may_approve: mayApprove, ...row }: Row): OwnGroup {
  return { id: row.id, name: row.name, description: row.description, mayApprove, retired: row.retired };
}

function toRow({ mayApprove, ...group }: OwnGroup): Row {
  return { ...group, may_approve: mayApprove };
}
