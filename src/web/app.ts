import express, { type Express, type Request, type RequestHandler, Router } from 'express';
import type { Registry } from 'prom-client';
import type { Knex } from '../kernel/db/database.js';
import type { EngineClient } from '../engine/client.js';
import type { DeployedDiagrams } from '../engine/diagrams.js';
import { ProductError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { SecurityEvents } from '../kernel/security-events.js';
import { withActor } from './actor.js';
import { isLocal, presentsToken } from './callers.js';
import { door } from './door/door.js';
import type { DoorChecks } from './door/door-checks.js';
import { FormSource } from './door/form-source.js';
import { FormSubmission } from './door/form-submission.js';
import { Forwarder } from './door/forward.js';
import type { RecordChange } from './door/recorded-changes.js';
import type { HealthReport } from './health.js';
import { mountRoutes, type ChangeGate } from './mount-routes.js';
import { openApiDocument } from './openapi.js';
import { icon, ICON_PATH } from './pages/icon.js';
import { PRODUCT } from './pages/layout.js';
import { LIVE_SCRIPT_PATH, liveScript } from './pages/live-script.js';
import { mountPages, sendPage } from './pages/mount-pages.js';
import type { Page } from './pages/page.js';
import { problemPage } from './pages/problem-page.js';
import { startPage, type UseCaseState } from './pages/start-page.js';
import { style, STYLE_PATH } from './pages/style.js';
import { publicHostOnly } from './public-host.js';
import { refusals } from './refusals.js';
import { requestId } from './request-id.js';
import { requestLog } from './request-log.js';
import type { Route } from './route.js';
import { securityHeaders } from './security-headers.js';
import { CliSignatures } from './sign-in/cli-signature.js';
import { SessionCookie } from './sign-in/cookies.js';
import type { Identity } from './sign-in/identity.js';
import { secondFactorPages } from './sign-in/second-factor-pages.js';
import { sessionPages } from './sign-in/session-pages.js';
import { signInPages } from './sign-in/sign-in-pages.js';
import { SignIn } from './sign-in/sign-in.js';
import type { SignedInUser } from './signed-in-user.js';

export interface AppDeps {
  /** Origin under which people reach the server, for example `https://cards.example`. */
  readonly publicUrl: string;
  /** Version of the product, for the description of the interface. */
  readonly version: string;
  readonly engine: EngineClient;
  readonly diagrams: DeployedDiagrams;
  /** What is checked when a form is submitted in Tasklist. */
  readonly checks: DoorChecks;
  readonly db: Knex;
  /** Who people are and how they prove it. */
  readonly identity: Identity;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Records sign-ins, refusals and what else concerns security. */
  readonly security: SecurityEvents;
  /** Puts changes that administrators make in the web applications on record. */
  readonly record: RecordChange;
  /** Operations of `/api/v1`. */
  readonly routes: readonly Route[];
  /** Changes that a second administrator has to confirm; without it none has to. */
  readonly changeGate?: ChangeGate | undefined;
  readonly pages: readonly Page[];
  readonly useCases: () => Promise<readonly UseCaseState[]>;
  readonly nothingEnabledHint: string;
  readonly health: () => Promise<HealthReport>;
  /** What Camunda Modeler reaches at `/engine-rest`; without it nothing is deployed that way. */
  readonly gate?: ((authenticate: (request: Request) => Promise<SignedInUser>) => RequestHandler) | undefined;
  /** The administrators' console at `/console`. */
  readonly console?: ((authenticate: (request: Request) => Promise<SignedInUser>) => RequestHandler) | undefined;
  /** Addresses and networks of proxies whose word on the caller's address counts; by default none. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Bearer token for the metrics and the details of health. */
  readonly metricsToken?: string | undefined;
  /** Signs the calls of the command line on this machine; without it they are refused. */
  readonly cliSecret?: string | undefined;
}

/** The one door: everything that people and programs reach, on one port. */
export function createApp(deps: AppDeps): Express {
  const origin = new URL(deps.publicUrl).origin;
  const secure = origin.startsWith('https:');
  const { identity } = deps;
  const cli = new CliSignatures(deps.cliSecret ?? null);
  const signIn = new SignIn(identity, new SessionCookie(secure), origin, cli);

  const pages = [...deps.pages, ...sessionPages(identity), ...secondFactorPages(identity)];
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustedProxies ?? false);

  app.use(requestId, requestLog(deps.log), securityHeaders(secure));
  // Before the host is looked at: probes and monitoring know a server by its address.
  app.use(operations(deps, secure));
  app.use(publicHostOnly(deps.publicUrl), modelerLinks(origin));
  app.use('/api/v1', api(deps, signIn, origin));
  app.use(
    door({
      signIn,
      engine: deps.engine,
      changes: identity.changes,
      record: deps.record,
      forwarder: new Forwarder(deps.engine, secure),
      forms: new FormSubmission(deps.engine, new FormSource(deps.engine, deps.diagrams), deps.checks),
    }),
  );
  if (deps.gate !== undefined) app.use('/engine-rest', deps.gate(withActor((request) => signIn.atDesktop(request))));
  app.use('/engine-rest', engineRest());
  const person = withActor(async (request) => (await signIn.session(request)).user);
  app.use(signInPages(signIn, identity.factors));
  app.use(assets());
  if (deps.console !== undefined) app.use('/console', deps.console(person));
  app.use(mountPages([startPage({ ...deps, pages }), ...pages], person));
  app.use(() => {
    throw new ProductError('not-found', 'There is nothing at this address.');
  });
  app.use(refusals(deps.log, deps.security));
  return app;
}

function api({ routes, version, changeGate }: AppDeps, signIn: SignIn, origin: string): Router {
  const document = openApiDocument(routes, { title: PRODUCT, version }, `${origin}/api/v1`);
  const router = Router();
  router.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.use(
    mountRoutes(
      routes,
      withActor((request) => signIn.authenticate(request)),
      changeGate,
    ),
  );
  return router;
}

/** The engine's own interface is not reached from outside, but for what the deploy gate answers in front of this. */
function engineRest(): RequestHandler {
  return () => {
    throw new ProductError('not-found', 'The engine is not reached from here. Programs use /api/v1.');
  };
}

/** Camunda Modeler asks for this without signing in, to lead its users to the web applications. */
function modelerLinks(origin: string): Router {
  const router = Router();
  router.get('/.well-known/camunda-automation-platform/webapps', (_request, response) => {
    const url = (name: string): string => `${origin}/camunda/app/${name}/`;
    response.json({ adminUrl: url('admin'), cockpitUrl: url('cockpit'), tasklistUrl: url('tasklist') });
  });
  return router;
}

/** Health for everyone; its details and the metrics for programs on this machine and for who presents the token. */
function operations({ health, metrics, metricsToken }: AppDeps, secure: boolean): Router {
  const maySee = (request: Request): boolean => isLocal(request, secure) || presentsToken(request, metricsToken);
  const router = Router();
  router.get('/healthz', async (request, response) => {
    const report = await health();
    response.status(report.status === 'up' ? 200 : 503).json(maySee(request) ? report : { status: report.status });
  });
  router.get('/metrics', async (request, response) => {
    if (!maySee(request)) {
      response.set('WWW-Authenticate', 'Bearer realm="metrics"');
      throw new ProductError('metrics-refused', 'Metrics are for who presents METRICS_TOKEN as a bearer token.');
    }
    response.type(metrics.contentType).send(await metrics.metrics());
  });
  return router;
}

/** Of what is named after its content. */
const forGood = { 'Cache-Control': 'public, max-age=31536000, immutable' };

function assets(): Router {
  const router = Router();
  router.get(STYLE_PATH, (_request, response) => {
    response.set(forGood).type('css').send(style);
  });
  router.get(ICON_PATH, (_request, response) => {
    response.set(forGood).type('svg').send(icon);
  });
  // Browsers ask for it where an answer is no page of ours, such as JSON or a PDF.
  router.get('/favicon.ico', (_request, response) => {
    response.redirect(ICON_PATH);
  });
  router.get(LIVE_SCRIPT_PATH, (_request, response) => {
    response.set(forGood).type('js').send(liveScript);
  });
  router.get('/problems/:code', (request, response) => {
    const page = problemPage(request.params.code);
    if (page === null) throw new ProductError('not-found', 'There is no such refusal.');
    sendPage(response, null, page);
  });
  return router;
}
