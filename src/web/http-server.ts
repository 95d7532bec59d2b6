import { createServer, type RequestListener, type Server } from 'node:http';

/** Largest time for the head of a request, and for all of it (ms). */
const headMs = 60_000;
const requestMs = 300_000;

/**
 * The server of the public port.
 * @param keepAliveSeconds how long an idle connection stays open. Longer than proxies keep theirs, which is 60 seconds
 *   with most: who closes first must be the one who sends, or a request meets a connection that is just being closed.
 */
export function createHttpServer(listener: RequestListener, keepAliveSeconds: number): Server {
  return createServer(
    { keepAliveTimeout: keepAliveSeconds * 1_000, headersTimeout: headMs, requestTimeout: requestMs },
    listener,
  );
}
