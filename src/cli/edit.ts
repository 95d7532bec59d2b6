import { z } from 'zod';
import type { ApiClient } from './api-client.js';
import { CliFailure } from './failures.js';

/** A field and what it becomes; undefined where the command line does not name it. */
export type Changes = Readonly<Record<string, unknown>>;

/**
 * Changes some fields of a thing and leaves the others as they are; refused when someone else has changed it in between.
 * @param path of the thing
 * @param schema what its address answers; a loose object
 * @param changes every field that can be written, with its new value or undefined
 * @throws CliFailure `usage` when nothing is to be changed
 */
export async function edit<T extends object>(
  api: ApiClient,
  path: string,
  schema: z.ZodType<T>,
  changes: Changes,
): Promise<T> {
  if (Object.values(changes).every((value) => value === undefined)) {
    throw new CliFailure('usage', 'Nothing is to be changed: add --help to see the options.');
  }
  const { answer, etag } = await api.read({ path }, schema);
  const before = z.record(z.string(), z.unknown()).parse(answer);
  const body = Object.fromEntries(
    Object.entries(changes).map(([field, value]) => [field, value === undefined ? before[field] : value]),
  );
  return api.call({ method: 'PUT', path, body, ...(etag !== undefined && { ifMatch: etag }) }, schema);
}
