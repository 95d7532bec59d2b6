import { createHash, randomUUID } from 'node:crypto';
import { appendAudit } from '../records/index.js';
import type { Knex, Transaction } from '../kernel/db/database.js';
import { systemActor } from '../domain/roles.js';
import { drawAvatar, storeShippedLayouts } from '../cards/index.js';
import { sampleHolders, type SampleHolder } from './sample-holders.js';

/** Letters that are not mistaken for digits, and distinguish the three kinds of card at a glance. */
const numberRanges = [
  { id: 'employee', name: 'Employee cards', prefix: 'E', digits: 6 },
  { id: 'contractor', name: 'Contractor cards', prefix: 'C', digits: 6 },
  { id: 'visitor', name: 'Visitor cards', prefix: 'V', digits: 6 },
];

/** Backends are an installation's own, so a card type has none before an administrator or the sample data gives it one. */
const cardTypes = [
  { id: 'employee', name: 'Employee card', photo_required: true, chip: true, validity_months: 60, position: 1 },
  { id: 'contractor', name: 'Contractor card', photo_required: true, chip: true, validity_months: 12, position: 2 },
  { id: 'visitor', name: 'Visitor card', photo_required: false, chip: false, validity_months: 1, position: 3 },
];

/** Rows of one insert: photos are 10 kB each. */
const batch = 50;

/**
 * Creates the card types, number ranges and layouts that the product ships, whether or not sample data is wanted: nothing can
 * be requested without one. Those that exist stay as they are; only card types from before there was production are given,
 * once, what production needs.
 */
export async function seedReferenceData(db: Knex): Promise<void> {
  await db.transaction(async (trx) => {
    await storeShippedLayouts(trx);
    const ranges: { id: string }[] = await trx('number_range')
      .insert(numberRanges)
      .onConflict('id')
      .ignore()
      .returning('id');
    const withProduction = cardTypes.map((type) => ({ ...type, number_range: type.id, layout: type.id }));
    const created: { id: string }[] = await trx('card_type')
      .insert(withProduction)
      .onConflict('id')
      .ignore()
      .returning('id');
    const isNew = new Set(created.map(({ id }) => id));
    for (const { id, chip, validity_months, number_range, layout } of withProduction) {
      if (isNew.has(id) || !ranges.some((range) => range.id === id)) continue;
      await trx('card_type')
        .where({ id, number_range: null, layout: null })
        .update({ chip, validity_months, number_range, layout });
    }
    await appendAudit(trx, [
      ...ranges.map(({ id }) => ({
        actor: systemActor,
        action: 'number-range-created',
        objectType: 'number-range' as const,
        objectId: id,
      })),
      ...created.map(({ id }) => ({
        actor: systemActor,
        action: 'card-type-created',
        objectType: 'card-type' as const,
        objectId: id,
      })),
    ]);
  });
}

/**
 * Fills an installation that has no holders yet with made-up ones and their photos.
 * @returns how many were created; 0 where there are holders already
 */
export async function seedSampleData(db: Knex): Promise<number> {
  if (await hasHolders(db)) return 0;
  const holders = sampleHolders();
  const photos = await drawPhotos(holders);
  return db.transaction(async (trx) => {
    // Of two servers that start at once, the second waits here and then finds them.
    await trx.raw('lock table holder in share row exclusive mode');
    if (await hasHolders(trx)) return 0;
    for (let start = 0; start < photos.length; start += batch)
      await trx('photo').insert(photos.slice(start, start + batch));
    await insertHolders(trx, holders, photos);
    return holders.length;
  });
}

async function hasHolders(db: Knex): Promise<boolean> {
  return (await db('holder').first('id')) !== undefined;
}

interface PhotoRow {
  readonly id: string;
  readonly content_type: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** In the order of the holders who have one. */
async function drawPhotos(holders: readonly SampleHolder[]): Promise<PhotoRow[]> {
  const seeds = holders.map((holder) => holder.photo).filter((photo) => photo !== null);
  return Promise.all(
    seeds.map(async (seed) => {
      const bytes = await drawAvatar(seed);
      return {
        id: randomUUID(),
        content_type: 'image/jpeg',
        sha256: createHash('sha256').update(bytes).digest('hex'),
        bytes,
      };
    }),
  );
}

async function insertHolders(
  trx: Transaction,
  holders: readonly SampleHolder[],
  photos: readonly PhotoRow[],
): Promise<void> {
  const left = photos.map((photo) => photo.id);
  const rows = holders.map((holder) => ({
    id: randomUUID(),
    employee_number: holder.employeeNumber,
    given_name: holder.givenName,
    family_name: holder.familyName,
    email: holder.email,
    upn: holder.upn,
    department: holder.department,
    state: holder.state,
    account: holder.account,
    photo_id: holder.photo === null ? null : left.shift(),
  }));
  await trx('holder').insert(rows);
  await appendAudit(
    trx,
    rows.map(({ id, state }) => ({
      actor: systemActor,
      action: 'holder-created',
      objectType: 'holder',
      objectId: id,
      toState: state,
      details: { sampleData: true },
    })),
  );
}
