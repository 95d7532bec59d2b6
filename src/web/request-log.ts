import type { RequestHandler } from 'express';
import type { Logger } from '../kernel/log.js';
import { requestIdOf } from './request-id.js';

/** One line per request when it has been answered. Without the query string: searches name people. */
export function requestLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const path = request.path;
    response.on('close', () => {
      log.debug(
        {
          requestId: requestIdOf(response),
          method: request.method,
          path,
          status: response.writableFinished ? response.statusCode : 'aborted',
          ms: Math.round((performance.now() - startedAt) * 10) / 10,
        },
        'request',
      );
    });
    next();
  };
}
