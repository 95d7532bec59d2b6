import { z } from 'zod';
import { auditSchema } from '../../records/index.js';
import { cardSchema } from '../../cards/index.js';
import type { Knex } from '../../kernel/db/database.js';
import type { EngineClient } from '../../engine/client.js';
import { defineRoute, type Route } from '../../web/route.js';
import { orderSchema } from '../../production/index.js';
import { requestSchema } from '../../requests/index.js';
import { readCardStory } from './card-story.js';

const time = z.iso.datetime();

const storySchema = z
  .object({
    card: cardSchema,
    request: requestSchema.nullable().describe('Null for a card that was made without a request'),
    snapshot: z
      .object({
        elements: z.record(z.string(), z.unknown()),
        photoId: z.uuid().nullable(),
        layoutVersionId: z.uuid().nullable(),
        takenAt: time,
      })
      .nullable()
      .describe('What was approved, and is therefore what is printed'),
    orders: z.array(orderSchema).readonly().describe('Productions, newest last'),
    results: z
      .array(
        z.object({
          number: z.int(),
          backend: z.string(),
          outcome: z.string(),
          applied: z.boolean().describe('False for one that came too late or twice'),
          receivedAt: time,
        }),
      )
      .readonly(),
    audit: z.array(auditSchema).readonly().describe('Of the card and its request, oldest first'),
    places: z
      .array(
        z.object({
          processInstanceId: z.string(),
          definitionId: z.string(),
          processKey: z.string(),
          processVersion: z.int(),
          activityIds: z
            .array(z.string())
            .readonly()
            .describe('Where it stands in its diagram; empty when it has ended'),
          passedIds: z.array(z.string()).readonly().describe('Where it has been'),
        }),
      )
      .readonly()
      .describe('Processes of the card that the engine remembers'),
  })
  .meta({ id: 'CardStory' });

export type CardStoryBody = z.input<typeof storySchema>;

/** `/cards/{id}/story`. @param user account in whose name the engine is asked */
export function cardStoryRoutes(db: Knex, engine: EngineClient, user: string): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/cards/:id/story',
      summary: 'Everything on record about one card',
      tags: ['Cards'],
      roles: ['admin'],
      params: z.object({ id: z.uuid() }),
      responses: {
        200: {
          description: 'Its request, decision, snapshot, orders, results, audit rows and places in diagrams',
          schema: storySchema,
        },
      },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => {
        const { snapshot, results, audit, ...story } = await readCardStory(db, engine, user, id);
        return {
          status: 200,
          body: {
            ...story,
            snapshot: snapshot && {
              ...snapshot,
              elements: { ...snapshot.elements },
              takenAt: snapshot.takenAt.toISOString(),
            },
            results: results.map((result) => ({ ...result, receivedAt: result.receivedAt.toISOString() })),
            audit: audit.map((row) => ({ ...row, at: row.at.toISOString() })),
          },
        };
      },
    }),
  ];
}
