import { Router, type Request, type RequestHandler, type Response } from 'express';
import { ProductError } from '../../kernel/errors.js';
import { timeZone } from '../../kernel/time-zone.js';
import { html } from '../pages/html.js';
import { frame } from '../pages/layout.js';
import { assertRole } from '../route.js';
import type { SignedInUser } from '../signed-in-user.js';
import type { ConsoleFiles } from './console-files.js';

/**
 * Scripts and styles come from files of ours and from nowhere else: nothing inline, no `eval`. Styles that the viewer of
 * diagrams sets go through the CSS object model, which a policy does not govern.
 */
const POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * What is below `/console`: files named after their content, which browsers may keep for good, and one page for every other
 * address, so that each page of the console can be linked to.
 * @param authenticate the person behind a request; refuses by throwing
 */
export function consoleRoutes(
  files: ConsoleFiles,
  authenticate: (request: Request) => Promise<SignedInUser>,
): RequestHandler {
  const router = Router();
  router.get('/assets/:name', (request, response) => {
    const file = files.assets.get(request.params.name);
    if (file === undefined)
      throw new ProductError('not-found', 'There is nothing at this address. Load the page again.');
    const coding = request.acceptsEncodings('br', 'gzip');
    response.set({ 'Cache-Control': 'public, max-age=31536000, immutable', Vary: 'Accept-Encoding' }).type(file.type);
    if (coding === 'br' || coding === 'gzip') response.set('Content-Encoding', coding).send(file[coding]);
    else response.send(file.plain);
  });
  router.get('/{*page}', async (request, response) => {
    const user = await authenticate(request);
    assertRole(user, ['admin']);
    sendShell(response, files, user);
  });
  return router;
}

function sendShell(response: Response, { script, style }: ConsoleFiles, user: SignedInUser): void {
  const head = html`<link rel="stylesheet" href="/console/assets/${style}">
<script type="module" src="/console/assets/${script}"></script>`;
  const content = html`<div id="console" data-time-zone="${timeZone()}"><main id="main"><noscript><p class="note">The console needs JavaScript.
Everything that it does can be done with <code>npm run cards</code> and the API as well.</p></noscript></main></div>`;
  response
    .set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'private, no-cache' })
    .type('html')
    .send(frame({ title: 'Console', content, head, user }));
}
