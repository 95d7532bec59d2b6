import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { technicalAccounts } from '../../domain/roles.js';
import type { EngineClient } from '../../engine/client.js';
import { ProductError } from '../../kernel/errors.js';
import { closedSignal } from '../../web/door/forward.js';
import { assertRole } from '../../web/route.js';
import { DESKTOP_ORIGIN } from '../../web/sign-in/sign-in.js';
import { runParser } from '../../web/run-parser.js';
import type { SignedInUser } from '../../web/signed-in-user.js';
import type { DeploymentService } from './deployment-service.js';
import type { DeployedProcess, DeploymentResult } from './deployment-types.js';
import { readMultipart } from './read-upload.js';
import { uploadLimits } from './upload-limits.js';

interface GateDeps {
  readonly engine: EngineClient;
  readonly deployments: DeploymentService;
}

/** Bytes of multipart frames and fields around the files. */
const frames = 50_000;
const readBytes = express.raw({ type: () => true, limit: uploadLimits.bytes + frames, inflate: false });

/**
 * What Camunda Modeler 5 asks of an engine, and nothing else: connection check, version, deployment, and an answer to
 * its start button. Source: `client/src/plugins/camunda-plugin/shared/CamundaAPI.js` of camunda-modeler.
 * @param authenticate who sends a request with HTTP Basic
 */
export function modelerGate(
  { engine, deployments }: GateDeps,
  authenticate: (request: Request) => Promise<SignedInUser>,
): Router {
  const router = Router();
  router.use(forDesktopPrograms);
  router.use(async (request, response, next) => {
    const user = await authenticate(request);
    assertRole(user, ['designer', 'admin']);
    response.locals['designer'] = user;
    next();
  });
  router.get('/deployment', (_request, response) => {
    // It only asks whether it may: there is nothing here to list.
    response.json([]);
  });
  router.get('/version', async (_request, response) => {
    response.json(await engine.call({ user: technicalAccounts.server, path: '/version' }));
  });
  router.post('/deployment/create', async (request, response) => {
    const body = await runParser(readBytes, request, response);
    const upload = await readMultipart(request.headers, Buffer.isBuffer(body) ? body : Buffer.alloc(0));
    const author = response.locals['designer'] as SignedInUser;
    const signal = closedSignal(response);
    const result = await deployments.deploy(author, { ...upload, origin: 'modeler', dryRun: false, signal });
    response.json(engineAnswer(result));
  });
  router.post(['/process-definition/:id/start', '/process-definition/key/:key/start'], () => {
    throw new ProductError(
      'forbidden',
      'Nothing was started: processes are started by people in Tasklist, where the forms are checked. ' +
        'The diagram itself was deployed; an administrator chooses or releases it, then try it in Tasklist.',
    );
  });
  return router;
}

/** A desktop program that is a browser inside may ask first whether it may ask at all. */
function forDesktopPrograms(request: Request, response: Response, next: NextFunction): void {
  if (request.get('origin') !== DESKTOP_ORIGIN) {
    next();
    return;
  }
  response.set('Access-Control-Allow-Origin', DESKTOP_ORIGIN).vary('Origin');
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response
    .set('Access-Control-Allow-Headers', 'authorization, content-type')
    .set('Access-Control-Allow-Methods', 'GET, POST');
  response.status(204).end();
}

/** A result in the form in which the engine answers a deployment. */
function engineAnswer({ deploymentId, processes }: DeploymentResult): object {
  const deployed = processes.filter(({ state }) => state !== 'unchanged');
  return {
    id: deploymentId,
    name: processes.map(({ processKey }) => processKey).join(', '),
    source: 'Camunda Modeler',
    tenantId: null,
    deployedProcessDefinitions: deployed.length === 0 ? null : Object.fromEntries(deployed.map(definitionEntry)),
    deployedCaseDefinitions: null,
    deployedDecisionDefinitions: null,
    deployedDecisionRequirementsDefinitions: null,
    message: processes.map(({ sentence }) => sentence).join('\n'),
  };
}

function definitionEntry({ definitionId, processKey, name, version }: DeployedProcess): [string, object] {
  return [definitionId ?? processKey, { id: definitionId, key: processKey, name, version, tenantId: null }];
}
