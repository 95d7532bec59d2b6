import type { ErrorRequestHandler, Request, Response } from 'express';
import type { ProductError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { refusalEvents, type SecurityEvents } from '../kernel/security-events.js';
import { actorOf } from './actor.js';
import { html } from './pages/html.js';
import { sendPage } from './pages/mount-pages.js';
import { PROBLEM_TYPE, toProblem, toProductError } from './problem.js';
import { requestIdOf } from './request-id.js';
import { setRetryAfter } from './retry-after.js';
import { signInPath } from './sign-in/sign-in-pages.js';

/**
 * Answers every refusal in the shape that the caller understands: a page for a browser that opens one, the engine's own
 * error shape for its web applications, problem+json for everyone else.
 */
export function refusals(log: Logger, security: SecurityEvents): ErrorRequestHandler {
  return async (raw: unknown, request: Request, response: Response, _next) => {
    const error = toProductError(raw);
    await record(security, request, response, error);
    if (error.status >= 500) {
      const cause = error.cause ?? error;
      log.error(
        { requestId: requestIdOf(response), method: request.method, path: request.path, code: error.code, err: cause },
        error.message,
      );
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    setRetryAfter(response, error);
    answer(request, response, error);
  };
}

/** A refusal that concerns security is recorded before it is answered, so that nobody can act on the refusal before it is on record. */
async function record(
  security: SecurityEvents,
  request: Request,
  response: Response,
  { code }: ProductError,
): Promise<void> {
  const event = refusalEvents[code];
  if (event === undefined) return;
  const [, area = ''] = request.originalUrl.split(/[/?]/);
  await security.record(event, {
    account: actorOf(request),
    address: request.ip,
    requestId: requestIdOf(response),
    // No more of the path: a person may have typed a name into it.
    details: { code, method: request.method, area: area.slice(0, 20) },
  });
}

function answer(request: Request, response: Response, error: ProductError): void {
  // Camunda Modeler is a browser, but never keeps what a person types into a prompt.
  const browser = request.get('sec-fetch-site') !== undefined && !request.originalUrl.startsWith('/engine-rest/');
  if (opensPage(request)) {
    if (error.code === 'unauthenticated' && request.method === 'GET') response.redirect(303, signInPath(request));
    else
      sendPage(response, null, {
        title: error.title,
        status: error.status,
        main: errorPage(error, requestIdOf(response)),
      });
    return;
  }
  // A browser would open a password prompt of its own for `Basic`.
  if (error.code === 'unauthenticated')
    response.set('WWW-Authenticate', browser ? 'Session realm="cards"' : 'Basic realm="cards", charset="UTF-8"');
  if (error.code === 'signature-refused') response.set('WWW-Authenticate', 'Signature realm="cards"');
  response.status(error.status);
  if (/^\/(camunda|engine-rest)\//.test(request.originalUrl))
    response.json({ type: error.code, message: error.publicMessage });
  else response.type(PROBLEM_TYPE).send(JSON.stringify(toProblem(error, requestIdOf(response))));
}

/** A browser that navigates, rather than a script or a program. */
function opensPage(request: Request): boolean {
  if (/^\/(api|camunda\/api|engine-rest)(\/|$)/.test(request.path)) return false;
  const destination = request.get('sec-fetch-dest');
  if (destination !== undefined && destination !== 'document') return false;
  return (request.get('accept') ?? '').includes('text/html');
}

function errorPage(error: ProductError, requestId: string) {
  return html`<p class="note bad">${error.publicMessage}</p>
${error.status >= 500 && html`<p class="soft">Request id: <code>${requestId}</code></p>`}
<p><a href="/">To the start page</a></p>`;
}
