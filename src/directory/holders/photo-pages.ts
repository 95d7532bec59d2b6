import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { isProductError, ProductError } from '../../kernel/errors.js';
import { badge, type Badge } from '../../web/pages/badge.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { doneNote, refusalNote } from '../../web/pages/notes.js';
import type { Page, PageAnswer } from '../../web/pages/page.js';
import { uploadPhoto } from './holder-photo.js';
import { findHolders, getHolder } from './holder-service.js';
import { holderName, type Holder, type HolderMatches, type HolderState } from './holder-types.js';
import { photoLimits } from './photo.js';

export const PHOTO_SEARCH_PATH = '/holders/photo';

const roles = ['operator', 'admin'] as const;
const uploadPath = '/holders/:id/photo';

/** Forms larger than any photo we take are read too, so that the refusal stands in the form; these bytes are the end. */
const limitBytes = 4 * photoLimits.bytes;

const texts = {
  title: 'Photos',
  hint: 'See and add the photos of card holders',
  search: 'Employee number, name, UPN or e-mail',
  caption: 'Card holders that match',
  requirements: `JPEG or PNG, at most ${photoLimits.bytes / 1_000_000} MB and at least ${photoLimits.minWidth} × ${photoLimits.minHeight} pixels (width × height).`,
  noFile: 'Choose a file first.',
} as const;

const doneSentences = { uploaded: 'The photo is stored. New requests take it.' } as const;

const photoBadges = {
  yes: { text: 'has a photo', tone: 'good' },
  no: { text: 'no photo', tone: 'plain' },
} as const satisfies Record<string, Badge>;

const stateBadges: Readonly<Record<HolderState, Badge>> = {
  active: { text: 'active', tone: 'good' },
  inactive: { text: 'inactive', tone: 'plain' },
};

/** `/holders/photo`: finding a card holder; `/holders/:id/photo`: the photo, and uploading a new one. */
export function photoPages(db: Knex): Page[] {
  return [
    {
      method: 'get',
      path: PHOTO_SEARCH_PATH,
      roles,
      link: { label: texts.title, hint: texts.hint },
      handler: async ({ query }) => {
        const q = (query.get('q') ?? '').trim();
        return searchPage(q, q === '' ? null : await findHolders(db, q));
      },
    },
    {
      method: 'get',
      path: uploadPath,
      roles,
      handler: async ({ params, query }) => photoPage(await holderOf(db, params), { query }),
    },
    {
      method: 'post',
      path: uploadPath,
      roles,
      limitBytes,
      handler: async ({ params, query, form, user }) => {
        const holder = await holderOf(db, params);
        try {
          await uploadPhoto(db, user.id, holder.id, await fileOf(form));
        } catch (raw) {
          if (!isProductError(raw, 'photo-invalid')) throw raw;
          return photoPage(holder, { query, refusal: raw });
        }
        return { redirect: `${pathOf(holder)}?done=uploaded` };
      },
    },
  ];
}

async function holderOf(db: Knex, params: Readonly<Record<string, string>>): Promise<Holder> {
  const id = z.uuid().safeParse(params['id']);
  if (!id.success) throw new ProductError('not-found', 'There is no such card holder.');
  return getHolder(db, id.data);
}

/** A file field that was left empty arrives as a file without a byte. */
async function fileOf(form: FormData): Promise<Uint8Array> {
  const file = form.get('photo');
  if (!(file instanceof File) || file.size === 0) throw new ProductError('photo-invalid', texts.noFile);
  return new Uint8Array(await file.arrayBuffer());
}

const pathOf = ({ id }: Holder) => `/holders/${id}/photo`;

function searchPage(q: string, matches: HolderMatches | null): PageAnswer {
  return {
    title: texts.title,
    main: html`<form class="card" role="search" action="${PHOTO_SEARCH_PATH}">
<label for="q">${texts.search}</label>
<input id="q" name="q" type="search" value="${q}" maxlength="320" required>
<div class="actions"><button>Find card holder</button></div>
</form>
${matches !== null && results(q, matches)}`,
  };
}

function results(q: string, { holders, total }: HolderMatches): Html {
  if (holders.length === 0)
    return html`<p role="status">No card holder matches “${q}”. Try a part of the name or the employee number.</p>`;
  return html`${total > holders.length && html`<p>The first ${holders.length} of ${total} are shown. Type more to narrow them down.</p>`}
${dataTable<Holder>(
  texts.caption,
  [
    { heading: 'Card holder', cell: (holder) => html`<a href="${pathOf(holder)}">${holderName(holder)}</a>` },
    { heading: 'Employee number', cell: ({ employeeNumber }) => employeeNumber },
    { heading: 'Department', cell: ({ department }) => department },
    { heading: 'State', cell: ({ state }) => badge(stateBadges[state]) },
    { heading: 'Photo', cell: ({ photoId }) => badge(photoBadges[photoId === null ? 'no' : 'yes']) },
  ],
  holders,
)}`;
}

function photoPage(
  holder: Holder,
  { query, refusal }: { readonly query: URLSearchParams; readonly refusal?: ProductError },
): PageAnswer {
  const name = holderName(holder);
  const refused = refusal !== undefined;
  return {
    title: `Photo of ${name}`,
    ...(refused && { status: refusal.status }),
    main: html`${doneNote(query, doneSentences)}${refused && refusalNote(refusal)}
<dl>
<dt>Employee number</dt><dd>${holder.employeeNumber}</dd>
<dt>Department</dt><dd>${holder.department}</dd>
<dt>State</dt><dd>${badge(stateBadges[holder.state])}</dd>
</dl>
${holder.photoId === null ? html`<p>${name} has no photo yet.</p>` : html`<img class="photo" src="/api/v1/holders/${holder.id}/photo" alt="${name}">`}
<form class="card" method="post" action="${pathOf(holder)}" enctype="multipart/form-data">
<label for="photo">${holder.photoId === null ? 'Photo' : 'New photo'}</label>
<input id="photo" name="photo" type="file" accept="image/jpeg,image/png" required aria-describedby="requirements${refused && ' refusal'}"${refused && html` aria-invalid="true"`}>
<p id="requirements" class="soft">${texts.requirements}</p>
<div class="actions"><button>Upload photo</button></div>
</form>
<p><a href="${PHOTO_SEARCH_PATH}">Another card holder</a></p>`,
  };
}
