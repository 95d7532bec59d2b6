import { z } from 'zod';
import { listOf } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import type { DeploymentService } from './deployment-service.js';
import { deploymentSchema, toDeployment } from './deployment-routes.js';
import { isSameMeaning, type DiagramDiff } from './diagram-diff.js';
import type { MigrationView, ProcessService, VersionView } from './process-service.js';

const versionSchema = z
  .object({
    processDefinitionKey: z.string(),
    version: z.number().int(),
    definitionId: z.string(),
    name: z.string(),
    useCase: z.string().nullable(),
    variant: z.string().nullable(),
    sourceHash: z.string().describe('SHA-256 over diagram and forms, hex'),
    deployedBy: z.string(),
    deployedAt: z.iso.datetime(),
    origin: z.enum(['product', 'modeler', 'api']).nullable(),
    shipped: z.boolean().describe('The product brought it; upgrades follow it'),
    chosenForAll: z.boolean(),
    chosenForCardTypes: z.array(z.string()),
    instances: z.number().int().describe('Running instances'),
  })
  .meta({ id: 'ProcessVersion' });

/** A version as the interface answers it. */
export type ProcessVersionBody = z.input<typeof versionSchema>;

const processSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    newest: versionSchema,
    inUse: z.array(z.number().int()).describe('Versions that new starts take'),
    instances: z.number().int().describe('Running instances of all versions'),
  })
  .meta({ id: 'ProcessDefinition' });

const stepSchema = z
  .object({ id: z.string(), name: z.string(), instances: z.number().int() })
  .meta({ id: 'OccupiedStep' });

/** A step where instances are, as the interface answers it. */
export type OccupiedStepBody = z.input<typeof stepSchema>;

const elementSchema = z.object({ id: z.string(), name: z.string().nullable(), type: z.string() });
/** What distinguishes two diagrams. */
export const diffSchema = z
  .object({
    same: z.boolean().describe('Nothing that happens has changed'),
    added: z.array(elementSchema),
    removed: z.array(elementSchema),
    changed: z.array(elementSchema.extend({ changes: z.array(z.string()) })),
    layoutChanged: z.array(elementSchema),
  })
  .meta({ id: 'DiagramDiff' });

/** A difference as the interface answers it. */
export type DiagramDiffBody = z.input<typeof diffSchema>;

const planSchema = z
  .object({
    from: z.number().int(),
    to: z.number().int(),
    instances: z.number().int(),
    possible: z.boolean(),
    problems: z.array(z.string()),
    steps: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        instances: z.number().int(),
        goesTo: z.string().nullable(),
        byName: z.boolean().describe('It was drawn anew and is found by its name'),
        stranded: z.string().nullable().describe("Why work that waits here is not done by the new diagram's word"),
      }),
    ),
  })
  .meta({ id: 'MigrationPlan' });

const migrationSchema = z
  .object({
    id: z.string(),
    from: z.number().int(),
    to: z.number().int(),
    instances: z.number().int(),
    actor: z.string(),
    reason: z.string().nullable(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    state: z.enum(['running', 'done']),
    remaining: z.number().int(),
    failed: z.number().int(),
  })
  .meta({ id: 'Migration' });

const number = z.coerce.number().int().min(1).max(1_000_000);
const key = z.string().max(200);
const pair = z.object({ from: number, to: number });
const common = { tags: ['Processes'], roles: ['designer', 'admin'] } as const;
const read = { ...common, errors: ['not-found', 'engine-unavailable'] } as const;

/** Operations of `/process-definitions`. */
export function processRoutes(processes: ProcessService, deployments: DeploymentService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/process-definitions',
      summary: 'Deployed processes',
      ...common,
      errors: ['engine-unavailable'],
      responses: { 200: { description: 'Every process', schema: listOf(processSchema) } },
      handler: async () => {
        const items = (await processes.list()).map(({ newest, inUse, instances }) => {
          return { key: newest.processKey, name: newest.name, newest: toVersion(newest), inUse: [...inUse], instances };
        });
        return { status: 200, body: { items, next: null } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/process-definitions/:key/versions',
      summary: 'Versions of a process, newest first',
      ...read,
      params: z.object({ key }),
      responses: { 200: { description: 'Every version', schema: listOf(versionSchema) } },
      handler: async ({ params }) => {
        const items = (await processes.versions(params.key)).map(toVersion);
        return { status: 200, body: { items, next: null } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/process-definitions/:key/versions/:version/xml',
      summary: 'The diagram of a version',
      ...read,
      params: z.object({ key, version: number }),
      responses: { 200: { description: 'BPMN XML', contentType: 'application/xml' } },
      handler: async ({ params }) => ({ status: 200, body: await processes.xml(params.key, params.version) }),
    }),
    defineRoute({
      method: 'get',
      path: '/process-definitions/:key/versions/:version/steps',
      summary: 'Where running instances of a version are',
      ...read,
      params: z.object({ key, version: number }),
      responses: { 200: { description: 'Steps with instances', schema: listOf(stepSchema) } },
      handler: async ({ params }) => {
        return {
          status: 200,
          body: { items: await processes.occupiedStepsOf(params.key, params.version), next: null },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/process-definitions/:key/diff',
      summary: 'What distinguishes two versions, of one process or of two',
      description: 'Elements are the same where their ids are. Of two processes, what they contain is compared.',
      ...read,
      params: z.object({ key }),
      query: pair.extend({ toKey: key.optional().describe('Process that `to` is a version of; by default the same') }),
      responses: { 200: { description: 'Elements that differ', schema: diffSchema } },
      handler: async ({ params, query: { from, to, toKey } }) => {
        return { status: 200, body: toDiff(await processes.diff(params.key, from, to, toKey)) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/process-definitions/:key/migration-plan',
      summary: 'What becomes of running instances in another version',
      ...read,
      params: z.object({ key }),
      query: pair,
      responses: { 200: { description: 'Made and judged by the engine', schema: planSchema } },
      handler: async ({ params, query: { from, to } }) => {
        const plan = await processes.plan(params.key, from, to);
        return { status: 200, body: { ...plan, problems: [...plan.problems], steps: [...plan.steps] } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/process-definitions/:key/migration',
      summary: 'Bring all running instances of a version into another',
      ...common,
      roles: ['admin'],
      params: z.object({ key }),
      body: jsonBody(
        z
          .object({ from: number, to: number, reason: z.string().trim().min(1).max(1_000).optional() })
          .meta({ id: 'MigrationOrder' }),
      ),
      responses: { 202: { description: 'It runs in the background', schema: migrationSchema } },
      errors: ['not-found', 'migration-refused', 'engine-unavailable'],
      handler: async ({ params, body: { from, to, reason }, user }) => {
        const by = { actor: user.id, reason: reason ?? null };
        return { status: 202, body: toMigration(await processes.migrate(params.key, from, to, by)) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/process-definitions/:key/migrations',
      summary: 'Migrations of a process, newest first',
      ...read,
      params: z.object({ key }),
      responses: { 200: { description: 'The last 200', schema: listOf(migrationSchema) } },
      handler: async ({ params }) => {
        return { status: 200, body: { items: (await processes.migrations(params.key)).map(toMigration), next: null } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/process-definitions/:key/migrations/:id',
      summary: 'How far a migration is',
      ...read,
      params: z.object({ key, id: z.uuid() }),
      responses: { 200: { description: 'The migration', schema: migrationSchema } },
      handler: async ({ params }) => ({
        status: 200,
        body: toMigration(await processes.migration(params.key, params.id)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/process-definitions/:key/versions/:version/restore',
      summary: 'Deploy an old version anew, as the newest',
      description: 'The way back for processes that are started by key. A variant goes back by its release instead.',
      ...common,
      roles: ['admin'],
      params: z.object({ key, version: number }),
      responses: { 200: { description: 'What was deployed', schema: deploymentSchema } },
      errors: ['not-found', 'models-refused', 'engine-unavailable'],
      handler: async ({ params, user }) => {
        const files = await processes.filesOf(params.key, params.version);
        const result = await deployments.deploy(user, { files, origin: 'api', onlyChanged: true, dryRun: false });
        return { status: 200, body: toDeployment(result) };
      },
    }),
  ];
}

/** A difference as the interface answers it. */
export function toDiff(diff: DiagramDiff) {
  const changed = diff.changed.map((each) => ({ ...each, changes: [...each.changes] }));
  const lists = { added: [...diff.added], removed: [...diff.removed], layoutChanged: [...diff.layoutChanged] };
  return { same: isSameMeaning(diff), ...lists, changed };
}

function toVersion({ processKey, deployedAt, chosenForTypes, ...version }: VersionView) {
  return {
    ...version,
    processDefinitionKey: processKey,
    deployedAt: deployedAt.toISOString(),
    chosenForCardTypes: [...chosenForTypes],
  };
}

function toMigration({
  startedAt,
  endedAt,
  batchId: _,
  processKey: __,
  fromDefinition: ___,
  toDefinition: ____,
  ...migration
}: MigrationView) {
  return { ...migration, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}
