import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const HEADER = 'X-Request-Id';

/** Gives every request an id that stands in the answer, in problems and in the log; one sent by a client is dropped. */
export const requestId: RequestHandler = (_request, response, next) => {
  response.setHeader(HEADER, randomUUID());
  next();
};

/** The id that `requestId` gave. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader(HEADER));
}
