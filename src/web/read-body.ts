import express, { type Request, type RequestHandler, type Response } from 'express';
import { ProductError } from '../kernel/errors.js';
import { watchContentDigest } from './content-digest.js';
import type { BodySpec } from './route.js';
import { invalidRequest } from './problem.js';
import { runParser } from './run-parser.js';

const DEFAULT_JSON_LIMIT = 100_000;

/** Reads one body as its route declares it; nothing is read before the caller is known and allowed. */
export type BodyReader = (request: Request, response: Response) => Promise<unknown>;

/**
 * The reader of a declared body.
 * @throws ProductError `unsupported-media-type`, `payload-too-large`, `invalid-request`
 */
export function bodyReader(spec: BodySpec): BodyReader {
  const types = spec.kind === 'json' ? ['application/json'] : [...spec.contentTypes];
  const taken = spec.kind === 'binary' ? [...types, ...(spec.alsoTaken ?? [])] : types;
  const parse = parserOf(spec, taken);
  return async (request, response) => {
    const type = request.is(taken);
    if (type === null || request.get('content-length') === '0')
      throw invalidRequest([{ field: 'body', message: `is missing; send ${types.join(' or ')}` }]);
    if (type === false) throw new ProductError('unsupported-media-type', `Send the body as ${types.join(' or ')}.`);
    const assertDigest = watchContentDigest(request);
    const body = await runParser(parse, request, response);
    assertDigest();
    return body;
  };
}

function parserOf(spec: BodySpec, type: string[]): RequestHandler {
  switch (spec.kind) {
    case 'json':
      return express.json({ type, limit: spec.limitBytes ?? DEFAULT_JSON_LIMIT });
    case 'text':
      return express.text({ type, limit: spec.limitBytes });
    case 'binary':
      return express.raw({ type, limit: spec.limitBytes });
  }
}
