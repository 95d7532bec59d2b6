import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { cardPdf } from './card-pdf.js';
import type { CardPreviews } from './card-previews.js';
import { cardSides, cardTemplateSchema, readTemplate } from './card-template.js';
import { addLayoutVersion, getLayout, listLayouts, type LayoutVersion } from './layout-store.js';
import { renderCard } from './render-card.js';
import { sampleElements } from './sample-card.js';

const tags = ['Card layouts'];
const viewers = ['operator', 'approver', 'producer', 'admin'] as const;

/** A layout with a few images in it. */
const limitBytes = 2_000_000;

const name = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]*$/, 'must begin with a small letter; then small letters, digits and hyphens');

const versionSchema = z
  .object({ layout: name, version: z.int(), createdBy: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'LayoutVersion' });

/** A version of a layout as the interface answers it. */
export type LayoutVersionBody = z.input<typeof versionSchema>;

const layoutSchema = versionSchema
  .extend({ template: z.unknown().describe('As it was written') })
  .meta({ id: 'Layout' });

const look = { mark: z.literal('preview').optional().describe('`preview` draws the word across the card') };
/** Browsers keep pictures of the page before in memory; under an address of its own no old one is shown. */
const moment = {
  of: z.iso
    .datetime()
    .optional()
    .describe('When the card changed last, for an address of its own; the picture is always the present one'),
};
const sided = z.object({ side: z.enum(cardSides).default('front'), ...look });
const headers = { ETag: 'Changes with the picture' };
const png = { description: 'PNG of 1011 × 638 pixels, 300 dots an inch', contentType: 'image/png', headers };
const pdf = {
  description: 'PDF with a page of 85.60 × 53.98 mm for each side',
  contentType: 'application/pdf',
  headers,
};

/** Operations of `/layouts`, and what cards and card types look like. */
export function layoutRoutes(db: Knex, previews: CardPreviews): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/layouts',
      summary: 'The newest version of every card layout',
      tags,
      roles: ['admin'],
      responses: { 200: { description: 'By name', schema: z.object({ items: z.array(versionSchema) }) } },
      handler: async () => ({ status: 200, body: { items: (await listLayouts(db)).map(versionOf) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/layouts/:layout',
      summary: 'The newest version of a card layout, with its template',
      tags,
      roles: ['admin'],
      params: z.object({ layout: name }),
      responses: { 200: { description: 'The layout', schema: layoutSchema } },
      errors: ['not-found'],
      handler: async ({ params: { layout } }) => {
        const found = await getLayout(db, layout);
        return { status: 200, body: { ...versionOf(found), template: found.template } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/layouts/:layout/versions',
      summary: 'Add a version of a card layout, or a new layout',
      description:
        'Cards that are approved keep the version they were approved with. What is the newest already adds nothing.',
      tags,
      roles: ['admin'],
      params: z.object({ layout: name }),
      body: jsonBody(cardTemplateSchema, limitBytes),
      responses: { 201: { description: 'It is the newest version now', schema: versionSchema } },
      errors: ['layout-invalid', 'production-refused'],
      handler: async ({ params: { layout }, body, user }) => {
        await renderCard(readTemplate(body), sampleElements, null, { simulated: false });
        return {
          status: 201,
          body: versionOf(await db.transaction((trx) => addLayoutVersion(trx, user.id, layout, body))),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/layouts/:layout/preview.png',
      summary: 'What the newest version of a layout makes of a sample',
      tags,
      roles: ['admin'],
      params: z.object({ layout: name }),
      query: sided.extend({
        cardTypeName: z.string().trim().min(1).max(100).default('Card').describe('Name of the card type on the sample'),
      }),
      responses: { 200: png },
      errors: ['not-found'],
      handler: async ({ params: { layout }, query: { side, mark, cardTypeName } }) => {
        return answer((await previews.ofLayout(layout, { cardTypeName, marked: mark !== undefined }))[side]);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cards/:id/preview.png',
      summary: 'What a card looks like, as it was approved; before that, as it would be now',
      tags: ['Cards'],
      roles: viewers,
      params: z.object({ id: z.uuid() }),
      query: sided.extend(moment),
      responses: { 200: png },
      errors: ['not-found', 'card-type-incomplete', 'production-refused'],
      handler: async ({ params: { id }, query: { side, mark } }) => {
        return answer((await previews.ofCard(id, { marked: mark !== undefined }))[side]);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/cards/:id/preview.pdf',
      summary: 'Both sides of what a card looks like',
      tags: ['Cards'],
      roles: viewers,
      params: z.object({ id: z.uuid() }),
      query: z.object(look),
      responses: { 200: pdf },
      errors: ['not-found', 'card-type-incomplete', 'production-refused'],
      handler: async ({ params: { id }, query: { mark } }) => {
        return answer(await cardPdf(await previews.ofCard(id, { marked: mark !== undefined })));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/card-types/:id/preview.png',
      summary: 'What cards of a type look like, with a sample on it',
      tags: ['Card types'],
      roles: viewers,
      params: z.object({ id: z.string() }),
      query: sided,
      responses: { 200: png },
      errors: ['card-type-unknown', 'card-type-incomplete'],
      handler: async ({ params: { id }, query: { side, mark } }) => {
        return answer((await previews.ofCardType(id, { marked: mark !== undefined }))[side]);
      },
    }),
  ];
}

function versionOf({ layout, version, createdBy, createdAt }: LayoutVersion): LayoutVersionBody {
  return { layout, version, createdBy, createdAt: createdAt.toISOString() };
}

/** Kept by the person's own browser only, and asked for again each time: nobody else may see whose card it is. */
function answer(body: Buffer) {
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
  return { status: 200 as const, body, headers: { ETag: etag, 'Cache-Control': 'private, no-cache' } };
}
