import { Router, type Request, type RequestHandler, type Response } from 'express';
import { readForm } from '../read-form.js';
import { requestIdOf } from '../request-id.js';
import { assertRole } from '../route.js';
import { LIVE_POLICY } from '../security-headers.js';
import { callerOf } from '../sign-in/caller.js';
import type { SignedInUser } from '../signed-in-user.js';
import { layout } from './layout.js';
import type { Page, PageAnswer } from './page.js';

/** Registers pages for signed-in people. */
export function mountPages(pages: readonly Page[], authenticate: (request: Request) => Promise<SignedInUser>): Router {
  const router = Router();
  for (const page of pages) router[page.method](page.path, handlerOf(page, authenticate));
  return router;
}

function handlerOf(page: Page, authenticate: (request: Request) => Promise<SignedInUser>): RequestHandler {
  return async (request, response) => {
    const user = await authenticate(request);
    assertRole(user, page.roles);
    const answer = await page.handler({
      user,
      params: request.params as Record<string, string>,
      query: queryOf(request),
      form: page.method === 'post' ? await readForm(request, response, page.limitBytes) : new FormData(),
      requestId: requestIdOf(response),
      caller: callerOf(request),
    });
    sendPage(response, user, answer);
  };
}

/** The query as the browser sent it. */
export function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://local.invalid').searchParams;
}

/** Sends a page in its frame, or the way on to the next one. */
export function sendPage(response: Response, user: SignedInUser | null, answer: PageAnswer): void {
  if ('redirect' in answer) response.redirect(303, answer.redirect);
  else {
    if (answer.live === true) response.set('Content-Security-Policy', LIVE_POLICY);
    response
      .status(answer.status ?? 200)
      .type('html')
      .send(layout({ ...answer, user }));
  }
}
