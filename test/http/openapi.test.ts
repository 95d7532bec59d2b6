import { z } from 'zod';
import { listOf, listQuery } from '../../src/web/list.js';
import { openApiDocument } from '../../src/web/openapi.js';
import { defineRoute, jsonBody } from '../../src/web/route.js';

const holder = z.object({ id: z.uuid(), name: z.string().describe('Given and family name') }).meta({ id: 'Holder' });
const order = z.object({ holder, note: z.string().nullable() }).meta({ id: 'Order' });

const document = openApiDocument(
  [
    defineRoute({
      method: 'get',
      path: '/holders',
      summary: 'Holders',
      tags: ['Holders'],
      query: listQuery(z.object({ id: z.uuid() }), { state: z.enum(['active', 'inactive']).optional() }),
      responses: { 200: { description: 'A page', schema: listOf(holder) } },
      handler: async () => ({ status: 200, body: { items: [], next: null } }),
    }),
    defineRoute({
      method: 'put',
      path: '/holders/:id/photo',
      summary: 'Photo',
      tags: ['Holders'],
      roles: ['operator'],
      params: z.object({ id: z.uuid() }),
      body: { kind: 'binary', contentTypes: ['image/png'], limitBytes: 1_000 },
      responses: { 204: { description: 'Kept' } },
      handler: async () => ({ status: 204 }),
    }),
    defineRoute({
      method: 'post',
      path: '/orders',
      summary: 'Order',
      tags: ['Orders'],
      roles: ['operator', 'admin'],
      idempotent: true,
      conditional: true,
      body: jsonBody(z.object({ holder: z.string() })),
      responses: {
        202: { description: 'Taken', schema: order, headers: { Location: 'The order' } },
        200: { description: 'A copy', contentType: 'text/csv' },
      },
      errors: ['holder-unknown', 'card-type-unknown'],
      handler: async () => ({ status: 200, body: '' }),
    }),
  ],
  { title: 'Test', version: '1' },
  'https://cards.example/api/v1',
);

interface Operation {
  readonly operationId: string;
  readonly description: string;
  readonly parameters: { name: string; in: string; required: boolean }[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}
const paths = document['paths'] as Record<string, Record<string, Operation>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, operation })),
);

/** Every value of every `$ref` in the document. */
function references(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === '$ref' ? [String(value)] : references(value)));
}

test('the document is OpenAPI 3.1 with one operation id each', () => {
  expect(document['openapi']).toBe('3.1.0');
  expect(document['info']).toEqual({ title: 'Test', version: '1' });
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(ids.sort()).toEqual(['getHolders', 'postOrders', 'putHoldersIdPhoto']);
});

test('every reference leads somewhere, and schemas with an id are components', () => {
  const targets = new Set(references(document));
  expect([...targets].sort()).toEqual(['Holder', 'Order', 'Problem'].map((name) => `#/components/schemas/${name}`));
  const { schemas } = document['components'] as { schemas: Record<string, unknown> };
  expect(Object.keys(schemas).sort()).toEqual(['Holder', 'Order', 'Problem']);
});

test('every parameter in a path is declared and required', () => {
  for (const { path, operation } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(named);
    expect(declared.every(({ required }) => required)).toBe(true);
  }
});

test('query and header parameters say what may be left out', () => {
  const names = (method: string, path: string) =>
    paths[path]?.[method]?.parameters.map((parameter) => `${parameter.in} ${parameter.name} ${parameter.required}`);
  expect(names('get', '/holders')).toEqual(['query limit false', 'query cursor false', 'query state false']);
  expect(names('post', '/orders')).toEqual(['header Idempotency-Key false', 'header If-Match false']);
});

test('answers and refusals are described by status, refusals with their codes', () => {
  const order = paths['/orders']?.['post'];
  expect(Object.keys(order?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '202', '400', '401', '403', '413', '415', '422', '429', '500', '503']),
  );
  expect(order?.responses['422']?.description).toContain('`holder-unknown`');
  expect(order?.responses['422']?.description).toContain('`card-type-unknown`');
  expect(order?.responses['422']?.content).toHaveProperty(['application/problem+json']);
  expect(order?.description).toContain('card-operators or card-admins');
  for (const { operation } of operations) {
    for (const response of Object.values(operation.responses)) expect(response.description).not.toBe('');
  }
});
