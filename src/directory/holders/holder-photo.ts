import { createHash, randomUUID } from 'node:crypto';
import { appendAudit } from '../../records/index.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import { normalisePhoto, type NormalPhoto } from './photo.js';

export interface StoredPhoto {
  readonly contentType: string;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  readonly bytes: Buffer;
}

/**
 * Normalises an upload and makes it the holder's newest photo, in a transaction that waits for no picture.
 * @throws ProductError `photo-invalid`, `not-found`
 */
export async function uploadPhoto(db: Knex, actor: string, holderId: string, upload: Uint8Array): Promise<void> {
  const photo = await normalisePhoto(upload);
  await db.transaction((trx) => setPhoto(trx, actor, holderId, photo));
}

/**
 * Makes a photo the holder's newest. Stored photos never change, because approvals refer to them; the same photo again
 * changes nothing.
 * @param photo as `normalisePhoto` made it
 * @returns id of the photo
 * @throws ProductError `not-found`
 */
export async function setPhoto(trx: Transaction, actor: string, holderId: string, photo: NormalPhoto): Promise<string> {
  const holder = await trx('holder')
    .leftJoin('photo', 'photo.id', 'holder.photo_id')
    .where({ 'holder.id': holderId })
    .forUpdate('holder')
    .first<{ photo_id: string | null; sha256: string | null } | undefined>('holder.photo_id', 'photo.sha256');
  if (holder === undefined) throw noSuchHolder();
  const sha256 = createHash('sha256').update(photo.bytes).digest('hex');
  if (holder.photo_id !== null && holder.sha256 === sha256) return holder.photo_id;
  const id = randomUUID();
  await trx('photo').insert({ id, content_type: photo.contentType, sha256, bytes: photo.bytes });
  await trx('holder').where({ id: holderId }).update({ photo_id: id, updated_at: trx.fn.now() });
  await appendAudit(trx, [
    {
      actor,
      action: 'photo-changed',
      objectType: 'holder',
      objectId: holderId,
      details: { photo: id, before: holder.photo_id },
    },
  ]);
  return id;
}

/** The holder's newest photo. @throws ProductError `not-found` where there is no holder or no photo */
export async function getPhoto(db: Knex, holderId: string): Promise<StoredPhoto> {
  const photo = await db('holder')
    .leftJoin('photo', 'photo.id', 'holder.photo_id')
    .where({ 'holder.id': holderId })
    .first<(StoredPhoto & { id: string | null }) | undefined>({
      id: 'photo.id',
      contentType: 'photo.content_type',
      sha256: 'photo.sha256',
      bytes: 'photo.bytes',
    });
  if (photo === undefined) throw noSuchHolder();
  if (photo.id === null) throw new ProductError('not-found', 'This card holder has no photo.');
  return photo;
}

/** A photo by its own id, as approvals refer to it. @throws ProductError `not-found` */
export async function getPhotoById(db: Knex, id: string): Promise<StoredPhoto> {
  const photo = await db('photo')
    .where({ id })
    .first<StoredPhoto | undefined>({ contentType: 'content_type', sha256: 'sha256', bytes: 'bytes' });
  if (photo === undefined) throw new ProductError('not-found', 'There is no such photo.');
  return photo;
}

function noSuchHolder(): ProductError {
  return new ProductError('not-found', 'There is no such card holder.');
}
