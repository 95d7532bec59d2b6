import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import { importLimits } from './holder-csv.js';
import { importHolders, type KnownAccounts } from './holder-import.js';
import { getPhoto, getPhotoById, uploadPhoto, type StoredPhoto } from './holder-photo.js';
import { getHolder } from './holder-service.js';
import { listHolders } from './holder-store.js';
import { holderStates, type Holder } from './holder-types.js';
import { photoLimits } from './photo.js';

const tags = ['Card holders'];
const readers = ['operator', 'approver', 'producer', 'admin'] as const;
const params = z.object({ id: z.uuid() });
const position = z.object({ familyName: z.string(), givenName: z.string(), id: z.uuid() });

const holderSchema = z
  .object({
    id: z.uuid(),
    employeeNumber: z.string(),
    givenName: z.string(),
    familyName: z.string(),
    email: z.string(),
    upn: z.string(),
    department: z.string(),
    state: z.enum(holderStates),
    account: z.string().nullable().describe('Account with which the holder signs in here, if any'),
    hasPhoto: z.boolean(),
  })
  .meta({ id: 'Holder' });

/** A card holder as the interface answers it. */
export type HolderBody = z.input<typeof holderSchema>;

const importResultSchema = z
  .object({ created: z.int(), changed: z.int(), unchanged: z.int(), dryRun: z.boolean() })
  .meta({ id: 'HolderImport' });

/** What an import did, or would do. */
export type HolderImportBody = z.input<typeof importResultSchema>;

/** Operations of `/holders`. */
export function holderRoutes(db: Knex, accounts: KnownAccounts): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/holders',
      summary: 'List card holders by name',
      tags,
      roles: readers,
      query: listQuery(position, {
        q: z.string().max(320).optional().describe('Words of employee number, name, UPN or e-mail, in any order'),
        state: z.enum(holderStates).optional(),
      }),
      responses: { 200: { description: 'A page of holders', schema: listOf(holderSchema) } },
      handler: async ({ query: { q, state, limit, cursor } }) => {
        const rows = await listHolders(db, { q, state }, limit + 1, cursor);
        return {
          status: 200,
          body: listPage(rows, limit, toBody, ({ familyName, givenName, id }) => ({ familyName, givenName, id })),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/holders/:id',
      summary: 'One card holder',
      tags,
      roles: readers,
      params,
      responses: { 200: { description: 'The holder', schema: holderSchema } },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => ({ status: 200, body: toBody(await getHolder(db, id)) }),
    }),
    defineRoute({
      method: 'post',
      path: '/holders/import',
      summary: 'Create and change card holders from CSV',
      description:
        'UTF-8 (or UTF-16 with a byte order mark), separated by commas, semicolons or tabs, with the columns employee_number, given_name, family_name, email, upn, ' +
        'department, state and optionally account, which has to exist. All rows or none; holders who are not in the file stay as they are. ' +
        'A refusal has `rows` (row, field, message of the first 100 mistakes) and `rowCount` (how many there are).',
      tags,
      roles: ['admin'],
      query: z.object({ dryRun: z.enum(['true', 'false']).default('false').describe('Only report what would happen') }),
      body: { kind: 'binary', contentTypes: ['text/csv'], limitBytes: importLimits.bytes },
      responses: { 200: { description: 'What was done, or would be', schema: importResultSchema } },
      errors: ['import-invalid'],
      handler: async ({ body, query, user }) => {
        const options = { actor: user.id, dryRun: query.dryRun === 'true', accounts };
        return { status: 200, body: await db.transaction((trx) => importHolders(trx, body, options)) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/holders/:id/photo',
      summary: 'Give a card holder a new photo',
      description: `JPEG or PNG of at least ${photoLimits.minWidth} × ${photoLimits.minHeight} pixels.`,
      tags,
      roles: ['operator', 'admin'],
      params,
      body: {
        kind: 'binary',
        contentTypes: ['image/jpeg', 'image/png'],
        // What a photo is, its content says: a HEIC gets the same sentence as on the page.
        alsoTaken: ['image/jpg', 'image/heic', 'image/heif'],
        limitBytes: photoLimits.bytes,
      },
      responses: { 204: { description: 'It is the newest photo now' } },
      errors: ['photo-invalid', 'not-found'],
      handler: async ({ params: { id }, body, user }) => {
        await uploadPhoto(db, user.id, id, body);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/holders/:id/photo',
      summary: "A card holder's newest photo",
      tags,
      roles: readers,
      params,
      responses: {
        200: { description: 'The photo', contentType: 'image/jpeg', headers: { ETag: 'Changes with the photo' } },
      },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => {
        return photoAnswer(await getPhoto(db, id));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/photos/:id',
      summary: 'A photo by its own id, as forms and approvals refer to it',
      tags,
      roles: readers,
      params,
      responses: { 200: { description: 'The photo', contentType: 'image/jpeg', headers: { ETag: 'Never changes' } } },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => {
        return photoAnswer(await getPhotoById(db, id));
      },
    }),
  ];
}

/** Kept by the person's own browser only, and asked for again each time: a holder's photo may have been replaced. */
function photoAnswer({ bytes, sha256 }: StoredPhoto) {
  return { status: 200 as const, body: bytes, headers: { ETag: `"${sha256}"`, 'Cache-Control': 'private, no-cache' } };
}

function toBody({ photoId, ...holder }: Holder): HolderBody {
  return { ...holder, hasPhoto: photoId !== null };
}
