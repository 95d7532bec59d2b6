import { z } from 'zod';
import type { Knex } from '../../../kernel/db/database.js';
import { rehearse } from '../../../kernel/db/rehearsal.js';
import type { Logger } from '../../../kernel/log.js';
import type { SecurityEvents } from '../../../kernel/security-events.js';
import { chosenId } from '../../../web/chosen-id.js';
import { assertMatch, etagOfContent } from '../../../web/etag.js';
import { listOf, listPage, listQuery, namePart } from '../../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../../web/route.js';
import type { BackendRegistry } from '../../production-types.js';
import { settingFields, settingInputs, type BackendKind } from '../backend-kind.js';
import {
  addBackend,
  askBackend,
  assertAddresses,
  changeBackend,
  removeBackend,
  type BackendRules,
  type Moved,
} from './backend-service.js';
import { changedPlaces } from './changed-keys.js';
import { getBackend, getBackendState, listBackends, type Backend, type BackendState } from './backend-store.js';

const tags = ['Card production backends'];
const roles = ['admin'] as const;
const params = z.object({ id: z.string().max(100) });

const content = {
  name: z.string().trim().min(1).max(100),
  settings: z.record(z.string(), z.unknown()).describe('By kind; secrets are named here and kept elsewhere'),
  simulated: z.boolean().describe('Its cards are not real, and are marked so'),
};
const contentSchema = z
  .object({
    ...content,
    confirm: z.boolean().optional().describe('A changed key is meant; refused with `confirmation-needed` otherwise'),
  })
  .meta({ id: 'BackendContent' });

function backendSchemaOf(kinds: readonly BackendKind[]) {
  const kind = z.enum(kinds.map((each) => each.kind)).describe('Never changes');
  return z.object({ id: chosenId, kind, ...content }).meta({ id: 'Backend' });
}

/** A backend as the interface answers it. */
export type BackendBody = z.input<ReturnType<typeof backendSchemaOf>>;

const kindSchema = z
  .object({
    kind: z.string(),
    name: z.string().describe('What people call it'),
    settings: z
      .array(
        z.object({
          name: z.string().describe('Its path in the settings'),
          label: z.string(),
          hint: z.string().nullable(),
          input: z.enum(settingInputs).describe('How a form takes it'),
          required: z.boolean(),
          address: z.boolean().describe('A place that the backend is called at'),
          key: z.boolean().describe('Another one has to be confirmed'),
          choices: z.array(z.object({ value: z.string(), text: z.string() })),
        }),
      )
      .describe('Those that people set, in the order of a form; others only tune'),
    secrets: z
      .array(z.object({ name: z.string(), purpose: z.string() }))
      .describe('What the file of secrets may hold for a backend of this kind'),
  })
  .meta({ id: 'BackendKind' });

/** A kind of backend as the interface answers it. */
export type BackendKindBody = z.input<typeof kindSchema>;

const time = z.iso.datetime().nullable();

const stateSchema = z
  .object({
    circuit: z.enum(['closed', 'open', 'half-open']).describe('`open`: after failures it is not called for a while'),
    failures: z.int().describe('Failed calls in a row'),
    retryAt: time,
    paused: z.boolean().describe('It makes no cards until someone has seen to it'),
    message: z.string().nullable(),
    supplies: z.record(z.string(), z.string()),
    checkedAt: time,
    changedAt: time,
  })
  .meta({ id: 'BackendState' });

/** What workers know of a backend, as the interface answers it. */
export type BackendStateBody = z.input<typeof stateSchema>;

const statusSchema = z
  .object({
    condition: z.enum(['ready', 'paused']),
    message: z.string().nullable(),
    supplies: z.record(z.string(), z.string()),
    tookMs: z.int().describe('How long it took to answer (ms)'),
  })
  .meta({ id: 'BackendStatus' });

/** What a backend says of itself, as the interface answers it. */
export type BackendStatusBody = z.input<typeof statusSchema>;

export interface BackendRoutesDeps extends BackendRules {
  readonly db: Knex;
  readonly registry: BackendRegistry;
  readonly log: Logger;
  readonly security: SecurityEvents;
}

/** Operations of `/backends` and `/backend-kinds`. */
export function backendRoutes({ db, kinds, secrets, registry, log, security }: BackendRoutesDeps): Route[] {
  const rules = { kinds, secrets };
  const backendSchema = backendSchemaOf(kinds);
  const one = { description: 'The backend', schema: backendSchema, headers: { ETag: 'For If-Match' } };
  const answer = async (id: string) => {
    const backend = await getBackend(db, id);
    return { headers: { ETag: etagOfContent(backend) }, body: toBody(backend) };
  };
  const announce = async (account: string, backend: string, { keys, origins }: Moved) => {
    if (keys.length > 0)
      await security.record('keys-changed', { account, details: { what: `backend ${backend}`, secret: keys } });
    if (origins.length > 0)
      await security.record('backend-address-changed', { account, details: { backend, origins } });
  };
  /** The addresses and keys that a change would bring, as the end of a sentence; empty without any. */
  const placesOf = (name: string, before: Backend | null, after: Pick<Backend, 'settings'>): string => {
    const kind = kinds.find((each) => each.kind === name);
    const places = kind === undefined ? [] : changedPlaces(kind, before, after);
    return places.length === 0 ? '' : `: ${places.join(', ')}`;
  };
  return [
    defineRoute({
      method: 'get',
      path: '/backend-kinds',
      summary: 'What kinds of card production backends there are, and which settings each of them has',
      tags,
      roles,
      responses: { 200: { description: 'Every kind', schema: z.object({ items: z.array(kindSchema) }) } },
      handler: async () => ({ status: 200, body: { items: kinds.map(toKind) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/backends',
      summary: 'List card production backends',
      tags,
      roles,
      query: listQuery(z.string(), { q: namePart }),
      responses: { 200: { description: 'A page of backends', schema: listOf(backendSchema) } },
      handler: async ({ query: { limit, cursor, q } }) => {
        const rows = await listBackends(db, limit + 1, cursor, q);
        return { status: 200, body: listPage(rows, limit, toBody, ({ id }) => id) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/backends',
      summary: 'Add a card production backend',
      tags,
      roles,
      body: jsonBody(backendSchema),
      responses: {
        201: { ...one, description: 'Added', headers: { ...one.headers, Location: 'Address of the backend' } },
      },
      toConfirm: async ({ body, user }) => {
        await assertAddresses(kinds, body);
        await rehearse(db, (trx) => addBackend(trx, user.id, rules, body));
        const places = placesOf(body.kind, null, body);
        return { what: `Add the backend ${body.id} (${body.name})${places}.`, etag: null };
      },
      errors: ['exists-already', 'secret-elsewhere', 'second-administrator'],
      handler: async ({ body, user }) => {
        await assertAddresses(kinds, body);
        await announce(user.id, body.id, await db.transaction((trx) => addBackend(trx, user.id, rules, body)));
        const { headers, body: backend } = await answer(body.id);
        return { status: 201, headers: { ...headers, Location: `/api/v1/backends/${body.id}` }, body: backend };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/backends/:id',
      summary: 'One card production backend',
      tags,
      roles,
      params,
      responses: { 200: one },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => ({ status: 200, ...(await answer(id)) }),
    }),
    defineRoute({
      method: 'put',
      path: '/backends/:id',
      summary: 'Change a card production backend',
      tags,
      roles,
      conditional: true,
      params,
      body: jsonBody(contentSchema),
      responses: { 200: one },
      toConfirm: async ({ params: { id }, body, user }) => {
        const before = await getBackend(db, id);
        const places = placesOf(before.kind, before, body);
        if (places === '') return null;
        await assertAddresses(kinds, { kind: before.kind, settings: body.settings });
        await rehearse(db, (trx) => changeBackend(trx, user.id, rules, { id, ...body }, () => undefined));
        return { what: `Change the backend ${id} (${before.name})${places}.`, etag: etagOfContent(before) };
      },
      errors: ['not-found', 'stale', 'secret-elsewhere', 'confirmation-needed', 'second-administrator'],
      handler: async ({ params: { id }, body, user, ifMatch }) => {
        const { kind } = await getBackend(db, id);
        await assertAddresses(kinds, { kind, settings: body.settings });
        const moved = await db.transaction((trx) =>
          changeBackend(trx, user.id, rules, { id, ...body }, (before) => {
            assertMatch(ifMatch, etagOfContent(before));
          }),
        );
        await announce(user.id, id, moved);
        return { status: 200, ...(await answer(id)) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/backends/:id',
      summary: 'Delete a card production backend that nothing uses',
      tags,
      roles,
      params,
      responses: { 204: { description: 'Deleted' } },
      errors: ['not-found', 'backend-in-use'],
      handler: async ({ params: { id }, user }) => {
        await db.transaction((trx) => removeBackend(trx, user.id, rules, id));
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/backends/:id/state',
      summary: 'What workers know of a backend: circuit breaker, pause, supplies',
      tags,
      roles: ['producer', 'admin'],
      params,
      responses: { 200: { description: 'Its state', schema: stateSchema } },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => ({ status: 200, body: toState(await getBackendState(db, id)) }),
    }),
    defineRoute({
      method: 'post',
      path: '/backends/:id/test',
      summary: 'Ask a backend itself how it is; no card is made',
      tags,
      roles,
      params,
      responses: { 200: { description: 'What it says', schema: statusSchema } },
      errors: ['not-found', 'backend-unavailable'],
      handler: async ({ params: { id } }) => {
        const backend = await getBackend(db, id);
        const began = performance.now();
        const { supplies, ...status } = await askBackend(registry, backend, log);
        return {
          status: 200,
          body: { ...status, supplies: { ...supplies }, tookMs: Math.round(performance.now() - began) },
        };
      },
    }),
  ];
}

function toBody({ settings, ...backend }: Backend): BackendBody {
  return { ...backend, settings: { ...settings } };
}

function toKind(kind: BackendKind): BackendKindBody {
  return {
    kind: kind.kind,
    name: kind.name,
    settings: settingFields(kind).map(({ choices, ...field }) => ({ ...field, choices: [...choices] })),
    secrets: Object.entries(kind.secrets).map(([name, { purpose }]) => ({ name, purpose })),
  };
}

function toState({ retryAt, checkedAt, changedAt, supplies, ...state }: BackendState): BackendStateBody {
  const text = (at: Date | null) => at?.toISOString() ?? null;
  return {
    ...state,
    supplies: { ...supplies },
    retryAt: text(retryAt),
    checkedAt: text(checkedAt),
    changedAt: text(changedAt),
  };
}
