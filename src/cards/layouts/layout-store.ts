import { randomUUID } from 'node:crypto';
import { appendAudit } from '../../records/index.js';
import { locks } from '../../kernel/db/locks.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { systemActor } from '../../domain/roles.js';
import { ProductError } from '../../kernel/errors.js';
import { readTemplate, type WrittenTemplate } from './card-template.js';
import { shippedLayouts } from './shipped/index.js';
import { checkTemplate } from './template-check.js';

/** One version of a layout; it never changes, because approvals refer to it. */
export interface LayoutVersion {
  readonly id: string;
  readonly layout: string;
  readonly version: number;
  /** As it was written; `readTemplate` reads it. */
  readonly template: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const columns = {
  id: 'id',
  layout: 'layout',
  version: 'version',
  template: 'template',
  createdBy: 'created_by',
  createdAt: 'created_at',
} as const satisfies Record<keyof LayoutVersion, string>;

/** The newest version of every layout, by name. */
export async function listLayouts(db: Knex): Promise<LayoutVersion[]> {
  return db('layout_version')
    .distinctOn('layout')
    .orderBy([{ column: 'layout' }, { column: 'version', order: 'desc' }])
    .select<LayoutVersion[]>(columns);
}

/** The newest version of a layout; null where there is none of this name. */
export async function currentLayout(db: Knex, layout: string): Promise<LayoutVersion | null> {
  return (
    (await db('layout_version')
      .where({ layout })
      .orderBy('version', 'desc')
      .first<LayoutVersion | undefined>(columns)) ?? null
  );
}

/** The newest version of a layout. @throws ProductError `not-found` */
export async function getLayout(db: Knex, layout: string): Promise<LayoutVersion> {
  const found = await currentLayout(db, layout);
  if (found === null) throw new ProductError('not-found', 'There is no such card layout.');
  return found;
}

/** A version by its id, as approvals refer to it. @throws ProductError `layout-unknown` */
export async function readLayoutVersion(db: Knex, id: string): Promise<LayoutVersion> {
  const found = await db('layout_version').where({ id }).first<LayoutVersion | undefined>(columns);
  if (found === undefined) throw new ProductError('layout-unknown', 'There is no such version of a card layout.');
  return found;
}

/**
 * Makes a template the newest version of a layout, or the first of a new one. What is the newest already adds nothing.
 * Cards that are approved keep the version they were approved with.
 * @param layout its name: small letters, digits and hyphens
 * @throws ProductError `layout-invalid`
 */
export async function addLayoutVersion(
  trx: Transaction,
  actor: string,
  layout: string,
  template: WrittenTemplate,
): Promise<LayoutVersion> {
  checkTemplate(readTemplate(template));
  // Of two that add a version at once, the second waits here and then counts on from the first.
  await trx.raw('select pg_advisory_xact_lock(?)', [locks.layouts]);
  const newest = await currentLayout(trx, layout);
  if (newest !== null && (await isSame(trx, newest, template))) return newest;
  const [added] = await trx('layout_version')
    .insert({
      id: randomUUID(),
      layout,
      version: (newest?.version ?? 0) + 1,
      template: JSON.stringify(template),
      created_by: actor,
    })
    .returning<LayoutVersion[]>(Object.entries(columns).map(([field, column]) => `${column} as ${field}`));
  if (added === undefined) throw new Error('a layout version was not inserted');
  const { version } = added;
  await appendAudit(trx, [
    { actor, action: 'layout-version-added', objectType: 'layout', objectId: layout, details: { version } },
  ]);
  return added;
}

/**
 * Stores the layouts that the product ships. One that was changed with a release becomes a new version; a layout whose
 * newest version is a person's stays as that person made it.
 */
export async function storeShippedLayouts(trx: Transaction): Promise<void> {
  for (const [layout, template] of Object.entries(shippedLayouts)) {
    const newest = await currentLayout(trx, layout);
    if (newest === null || newest.createdBy === systemActor) await addLayoutVersion(trx, systemActor, layout, template);
  }
}

async function isSame(trx: Transaction, { id }: LayoutVersion, template: WrittenTemplate): Promise<boolean> {
  const same = await trx('layout_version')
    .where({ id })
    .whereRaw('template = cast(? as jsonb)', [JSON.stringify(template)])
    .first<{ id: string } | undefined>('id');
  return same !== undefined;
}
