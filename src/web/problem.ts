import { isNativeError } from 'node:util/types';
import { z } from 'zod';
import { EngineError } from '../engine/client.js';
import { errorTable, isProductError, ProductError, type ErrorCode } from '../kernel/errors.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** What every refusal of `/api` looks like (RFC 9457). Clients compare `code`. */
export const problemSchema = z
  .looseObject({
    type: z.string().describe('Where the code is explained'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('One sentence for a person'),
    code: z.string().describe('Stable name of the refusal'),
    requestId: z.string().describe('Also in the log of the server'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('Each field of an invalid request, such as `cardType`'),
  })
  .meta({ id: 'Problem', description: 'A refusal, as application/problem+json' });

export type Problem = z.infer<typeof problemSchema>;

/** One wrong field of a request, such as `limit`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A refusal that names every wrong field. */
export function invalidRequest(errors: readonly FieldError[]): ProductError {
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ProductError('invalid-request', `${detail}.`, { errors });
}

/** The failed parts of a schema as field errors; `place` names the whole where the whole is wrong. */
export function fieldErrors(place: string, error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ field: path.join('.') || place, message: issue.message }];
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not known here' }));
  });
}

/**
 * Any thrown value as a refusal from the one error table. What is not known becomes `internal`, without details: those
 * are in the log beside the request id.
 */
export function toProductError(raw: unknown): ProductError {
  if (isProductError(raw)) return raw;
  if (raw instanceof EngineError) {
    return new ProductError('engine-refused', 'The process engine refused the call.', {}, { cause: raw });
  }
  if (isConnectionError(raw)) {
    return new ProductError(
      'database-unavailable',
      'The database does not answer. Try again in a moment.',
      {},
      { cause: raw },
    );
  }
  const code = codeOfHttpError(raw);
  if (code !== null) return new ProductError(code, limitSentence(raw) ?? sentences[code], {}, { cause: raw });
  return new ProductError(
    'internal',
    'Something went wrong on our side. Quote the request id when you report it.',
    {},
    { cause: raw },
  );
}

/** The body of a refusal. */
export function toProblem(error: ProductError, requestId: string): Problem {
  return {
    ...error.extra,
    type: `/problems/${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.publicMessage,
    code: error.code,
    requestId,
  };
}

const sentences = {
  'invalid-request': 'The request could not be read; is the body well-formed?',
  'not-found': 'There is nothing at this address.',
  'payload-too-large': 'The body is larger than this address accepts.',
  'unsupported-media-type': 'The body has a media type, charset or encoding that this address does not accept.',
} as const satisfies Partial<Record<ErrorCode, string>>;

/**
 * Express and its body parsers throw errors that carry an HTTP status. Asked by `isNativeError` here and below, since
 * errors of Node's own sockets need not belong to the realm that this module runs in.
 */
function codeOfHttpError(raw: unknown): keyof typeof sentences | null {
  if (!isNativeError(raw) || !('status' in raw)) return null;
  const codes = Object.keys(sentences) as (keyof typeof sentences)[];
  return codes.find((code) => errorTable[code].status === raw.status) ?? null;
}

/** The body parsers say in `limit` how many bytes they accept; the refusal of a larger body says so. */
function limitSentence(raw: unknown): string | null {
  if (!isNativeError(raw) || !('limit' in raw) || typeof raw.limit !== 'number') return null;
  return `The body is larger than the ${raw.limit.toLocaleString('en')} bytes that this address accepts.`;
}

/** Socket errors, SQLSTATE 08 (connection), 57P (shutdown), 53300 (too many connections), no free connection. */
/** What pg says, without a code, of a connection that broke or could not be opened while the database went away or came back. */
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect)/;

function isConnectionError(raw: unknown): boolean {
  if (!isNativeError(raw)) return false;
  if (raw.name === 'KnexTimeoutError') return true;
  if ('errors' in raw && Array.isArray(raw.errors)) return raw.errors.some(isConnectionError);
  const code = 'code' in raw ? String(raw.code) : '';
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|08\d{3}|57P0\d|53\d{3})$/.test(code) ||
    lostConnection.test(raw.message)
  );
}
