import express, { type Request, type Response } from 'express';
import { ProductError } from '../kernel/errors.js';
import { runParser } from './run-parser.js';

const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/**
 * Reads a posted HTML form with its files into memory.
 * @throws ProductError `unsupported-media-type`, `payload-too-large`, `invalid-request`
 */
export async function readForm(request: Request, response: Response, limitBytes = 100_000): Promise<FormData> {
  if (request.is(FORM_TYPES) === false) throw new ProductError('unsupported-media-type', 'Send a form.');
  const parse = express.raw({ type: FORM_TYPES, limit: limitBytes });
  const bytes = await runParser(parse, request, response);
  if (!Buffer.isBuffer(bytes)) return new FormData();
  try {
    const headers = { 'content-type': request.get('content-type') ?? '' };
    return await new globalThis.Response(new Uint8Array(bytes), { headers }).formData();
  } catch (cause) {
    throw new ProductError('invalid-request', 'The form could not be read.', {}, { cause });
  }
}
