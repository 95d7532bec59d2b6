import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import type { EngineClient } from '../../engine/client.js';
import { listOf } from '../../web/list.js';
import { defineRoute, type Route } from '../../web/route.js';
import { Incidents } from './incidents.js';

const tags = ['Insight'];
const roles = ['admin'] as const;

const incidentSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    message: z.string().nullable(),
    processKey: z.string(),
    processVersion: z.int().nullable(),
    activityId: z.string().describe('The step in the diagram'),
    topic: z.string().nullable().describe('Of a service task; null for timers and other jobs'),
    processInstanceId: z.string(),
    businessKey: z.string().nullable(),
    requestId: z.uuid().nullable(),
    cardId: z.uuid().nullable(),
  })
  .meta({ id: 'Incident' });

export type IncidentBody = z.input<typeof incidentSchema>;

/** Operations of `/incidents`. @param user account in whose name the engine is asked */
export function incidentRoutes(db: Knex, engine: EngineClient, user: string): Route[] {
  const incidents = new Incidents(db, engine, user);
  return [
    defineRoute({
      method: 'get',
      path: '/incidents',
      summary: 'What the process engine could not do and does not try again by itself, newest first',
      tags,
      roles,
      responses: { 200: { description: 'Up to 200', schema: listOf(incidentSchema) } },
      handler: async () => ({ status: 200, body: { items: await incidents.list(), next: null } }),
    }),
    defineRoute({
      method: 'post',
      path: '/incidents/:id/retry',
      summary: 'Have it tried once more',
      tags,
      roles,
      params: z.object({
        id: z
          .string()
          .max(64)
          .regex(/^[0-9A-Za-z-]+$/),
      }),
      responses: { 202: { description: 'It is tried; when that fails too, there is a new incident' } },
      errors: ['not-found'],
      handler: async ({ params: { id }, user: person }) => {
        await incidents.retry(id, person.id);
        return { status: 202 };
      },
    }),
  ];
}
