import { z } from 'zod';
import { groups } from '../domain/roles.js';
import { errorTable, type ErrorCode } from '../kernel/errors.js';
import { PROBLEM_TYPE, problemSchema } from './problem.js';
import type { BodySpec, ResponseSpec, Route } from './route.js';

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.1 document of a table of routes, generated from the schemas that validate.
 * @param serverUrl address below which the paths are, for example `https://cards.example/api/v1`
 */
export function openApiDocument(
  routes: readonly Route[],
  info: { title: string; version: string },
  serverUrl: string,
): Json {
  const components: Json = {};
  const schema = schemaWriter(components);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route, schema) };
  }
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: serverUrl }],
    security: [{ session: [] }, { basic: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'session', description: 'Made by the sign-in page' },
        basic: { type: 'http', scheme: 'basic' },
      },
    },
  };
}

type SchemaWriter = (schema: z.ZodType) => Json;

/** Writes schemas; those with an id become components and are referred to. */
function schemaWriter(components: Json): SchemaWriter {
  return (schema) => {
    // Wrapped, so that a schema with an id is referred to even where it is the root.
    const written = z.toJSONSchema(z.object({ root: schema }), { io: 'input', unrepresentable: 'any' });
    const moved = JSON.parse(JSON.stringify(written).replaceAll('"#/$defs/', '"#/components/schemas/')) as {
      properties: { root: Json };
      $defs?: Json;
    };
    Object.assign(components, moved.$defs);
    return moved.properties.root;
  };
}

function operationOf(route: Route, schema: SchemaWriter): Json {
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: describe(route),
    tags: route.tags,
    parameters: parametersOf(route, schema),
    ...(route.signature === undefined ? {} : { security: [] }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: contentOf(route.body, schema) } }),
    responses: { ...answersOf(route, schema), ...refusalsOf(route, schema) },
  };
}

/** `get /holders/:id/photo` → `getHoldersIdPhoto`: derived, so that it is unique and stays. */
function operationId(route: Route): string {
  const words = route.path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return route.method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function describe(route: Route): string {
  const roles = route.roles ?? [];
  const members = roles.map((role) => groups[role]).join(' or ');
  const who =
    route.signature?.description ?? (roles.length === 0 ? 'Any signed-in person.' : `For members of ${members}.`);
  return route.description === undefined ? who : `${route.description}\n\n${who}`;
}

function parametersOf(route: Route, schema: SchemaWriter): Json[] {
  const list = (place: 'path' | 'query', object: z.ZodObject | undefined): Json[] =>
    Object.entries(object?.shape ?? {}).map(([name, part]) => {
      const { description, ...rest } = schema(part as z.ZodType);
      const required = place === 'path' || !(part as z.ZodType).safeParse(undefined).success;
      return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
    });
  const header = (name: string, description: string, required = false): Json => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string', minLength: 1 },
  });
  return [
    ...list('path', route.params),
    ...list('query', route.query),
    ...(route.idempotent === true
      ? [header('Idempotency-Key', 'The same key with the same request is done once')]
      : []),
    ...(route.conditional === true ? [header('If-Match', 'ETag of the state that the change builds on')] : []),
    ...Object.entries(route.signature?.headers ?? {}).map(([name, description]) => header(name, description, true)),
  ];
}

function contentOf(body: BodySpec, schema: SchemaWriter): Json {
  switch (body.kind) {
    case 'json':
      return { 'application/json': { schema: schema(body.schema) } };
    case 'text':
      return Object.fromEntries(body.contentTypes.map((type) => [type, { schema: { type: 'string' } }]));
    case 'binary':
      return Object.fromEntries(body.contentTypes.map((type) => [type, {}]));
  }
}

function answersOf(route: Route, schema: SchemaWriter): Json {
  const answer = (spec: ResponseSpec): Json => ({
    description: spec.description,
    ...(spec.headers === undefined ? {} : { headers: headersOf(spec.headers) }),
    ...(spec.schema === undefined ? {} : { content: { 'application/json': { schema: schema(spec.schema) } } }),
    ...(spec.contentType === undefined ? {} : { content: { [spec.contentType]: {} } }),
  });
  return Object.fromEntries(Object.entries(route.responses).map(([status, spec]) => [status, answer(spec)]));
}

function headersOf(headers: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

/** Every refusal that a client has to expect, by status, with its codes. */
function refusalsOf(route: Route, schema: SchemaWriter): Json {
  const codes = new Set<ErrorCode>(['invalid-request', 'internal', 'database-unavailable']);
  if (route.signature === undefined) {
    codes.add('unauthenticated').add('signature-refused').add('too-many-attempts').add('engine-unavailable');
    codes.add('second-factor-needed');
    if (route.method !== 'get') codes.add('cross-site');
  }
  if (route.roles !== undefined) codes.add('forbidden');
  if (route.body !== undefined) codes.add('payload-too-large').add('unsupported-media-type');
  for (const code of route.errors ?? []) codes.add(code);
  const problem = schema(problemSchema);
  const refusals: Record<string, Json> = {};
  for (const status of new Set([...codes].map((code) => errorTable[code].status))) {
    const named = [...codes].filter((code) => errorTable[code].status === status);
    refusals[status] = {
      description: named.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('\n\n'),
      content: { [PROBLEM_TYPE]: { schema: { allOf: [problem, { properties: { code: { enum: named } } }] } } },
    };
  }
  return refusals;
}
