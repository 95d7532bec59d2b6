import { createHash, randomUUID } from 'node:crypto';
import { appendAudit } from '../audit/audit-store.js';
import type { Knex, Transaction } from '../db/database.js';
import { systemActor } from '../domain/roles.js';
import { drawAvatar } from './avatar.js';
import { sampleHolders, type SampleHolder } from './sample-holders.js';

const cardTypes = [
  { id: 'employee', name: 'Employee card', photo_required: true, position: 1 },
  { id: 'contractor', name: 'Contractor card', photo_required: true, position: 2 },
  { id: 'visitor', name: 'Visitor card', photo_required: false, position: 3 },
];

/** Rows of one insert: photos are 10 kB each. */
const batch = 50;

/**
 * Creates the card types that the product ships, whether or not sample data is wanted: nothing can be requested without
 * one. Those that exist stay as they are.
 */
export async function seedReferenceData(db: Knex): Promise<void> {
  await db.transaction(async (trx) => {
    const created: { id: string }[] = await trx('card_type').insert(cardTypes).onConflict('id').ignore().returning('id');
    await appendAudit(
      trx,
      created.map(({ id }) => ({ actor: systemActor, action: 'card-type-created', objectType: 'card-type', objectId: id })),
    );
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
    for (let start = 0; start < photos.length; start += batch) await trx('photo').insert(photos.slice(start, start + batch));
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
      return { id: randomUUID(), content_type: 'image/jpeg', sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
    }),
  );
}

async function insertHolders(trx: Transaction, holders: readonly SampleHolder[], photos: readonly PhotoRow[]): Promise<void> {
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
      actor: systemActor, action: 'holder-created', objectType: 'holder', objectId: id, toState: state, details: { sampleData: true },
    })),
  );
}
