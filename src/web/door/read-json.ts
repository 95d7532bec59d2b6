import express, { type Request, type Response } from 'express';
import { ProductError } from '../../kernel/errors.js';
import { runParser } from '../run-parser.js';

const readBytes = express.raw({ type: () => true, limit: 1_000_000 });

/** Deeper than any query of the web applications; keeps a hostile body from exhausting the stack. */
const MAX_DEPTH = 40;

/**
 * Reads a body as JSON. It is written anew before it is sent on, so that repeated members, comments or odd encodings
 * cannot be read one way here and another way by the engine.
 * @returns undefined when there is no body
 * @throws ProductError `unsupported-media-type`, `payload-too-large`, `invalid-request`
 */
export async function readJson(request: Request, response: Response): Promise<unknown> {
  const bytes = await runParser(readBytes, request, response);
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return undefined;
  if (!request.is('application/json'))
    throw new ProductError('unsupported-media-type', 'Send the body as application/json.');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ProductError('invalid-request', 'The body is not well-formed JSON.', {}, { cause });
  }
  if (depthOf(value) > MAX_DEPTH) throw new ProductError('invalid-request', 'The body is nested too deeply.');
  return value;
}

/** Level by level, so that depth is measured without recursion. */
function depthOf(value: unknown): number {
  let depth = 0;
  let level: unknown[] = [value];
  while (level.length > 0 && depth <= MAX_DEPTH) {
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    );
    depth += 1;
  }
  return depth;
}
