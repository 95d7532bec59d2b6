import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { diffSchema, toDiff } from '../deployments/process-routes.js';
import type { ProcessService } from '../deployments/process-service.js';
import { countingNumberText } from '../../web/counting-number.js';
import { defineRoute, type Route } from '../../web/route.js';
import { useCaseIds } from '../../process/contract/index.js';
import { previewUseCase, type UseCasePreview } from './use-case-preview.js';

const choiceSchema = z.object({ variant: z.string(), version: z.number().int() });
const taskSchema = z.object({ name: z.string(), groups: z.array(z.string()) });

const previewSchema = z
  .object({
    useCase: z.enum(useCaseIds),
    cardType: z.string().nullable(),
    now: choiceSchema.nullable(),
    then: choiceSchema,
    cardTypes: z.array(z.string()).describe('Card types whose new requests would go the new way'),
    sentence: z.string().describe('What new requests will do'),
    changes: diffSchema.nullable().describe('How the diagrams differ; null where another variant takes over'),
    tasksNow: z.array(taskSchema),
    tasksThen: z.array(taskSchema),
    staying: z
      .array(
        choiceSchema.extend({
          requests: z.number().int(),
          steps: z.array(z.object({ id: z.string(), name: z.string(), instances: z.number().int() })),
        }),
      )
      .describe('Open requests, which stay in their version, and where they are'),
    openForms: z.number().int().describe('Open forms of operators who will be asked to confirm again'),
    groups: z.array(z.string()).describe('Groups that start it, or get or lose tasks by it'),
  })
  .meta({ id: 'UseCasePreview' });

/** A preview as the interface answers it. */
export type UseCasePreviewBody = z.input<typeof previewSchema>;

/** The operation that answers what a choice would change. */
export function useCasePreviewRoutes(db: Knex, processes: ProcessService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/use-cases/:id/preview',
      summary: 'What choosing a variant or version would change',
      tags: ['Use cases'],
      roles: ['admin'],
      params: z.object({ id: z.string().max(100) }),
      query: z.object({
        variant: z.string().max(100).optional().describe('By default the one chosen now'),
        version: countingNumberText.optional().describe('By default the newest'),
        cardType: z.string().max(100).optional().describe('For this card type only'),
      }),
      responses: { 200: { description: 'Nothing was changed', schema: previewSchema } },
      errors: ['not-found', 'variant-unknown', 'engine-unavailable'],
      handler: async ({ params, query }) => ({
        status: 200,
        body: toBody(await previewUseCase({ db, processes }, params.id, query)),
      }),
    }),
  ];
}

function toBody(preview: UseCasePreview) {
  const tasks = (list: UseCasePreview['tasksNow']) => list.map(({ name, groups }) => ({ name, groups: [...groups] }));
  return {
    ...preview,
    cardTypes: [...preview.cardTypes],
    changes: preview.changes === null ? null : toDiff(preview.changes),
    tasksNow: tasks(preview.tasksNow),
    tasksThen: tasks(preview.tasksThen),
    staying: preview.staying.map((each) => ({ ...each, steps: [...each.steps] })),
    groups: [...preview.groups],
  };
}
