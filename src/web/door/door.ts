import { Router, type Request, type Response } from 'express';
import type { EngineClient } from '../../engine/client.js';
import { setActor } from '../actor.js';
import { assertRole } from '../route.js';
import type { OpenSession, SignIn } from '../sign-in/sign-in.js';
import type { Call, Handling } from './calls.js';
import { assertNoExpressions } from './expressions.js';
import { findCall, unknownCall } from './find-call.js';
import type { FormSubmission } from './form-submission.js';
import { closedSignal, type Forwarder, type Passage } from './forward.js';
import { readJson } from './read-json.js';
import { assertAdministratorLeft, assertPeople, ownProfile } from './people-changes.js';
import { forgetAccount, type Identity } from '../sign-in/identity.js';
import { parseTarget } from './target.js';
import { onlyFollowUp, onlyOwnName } from './task-changes.js';

export interface DoorDeps {
  readonly signIn: SignIn;
  readonly forwarder: Forwarder;
  readonly forms: FormSubmission;
  readonly engine: EngineClient;
  readonly identity: Identity;
}

/** One request of a signed-in person that the allow-list knows. */
interface Visit {
  readonly request: Request;
  readonly response: Response;
  readonly session: OpenSession;
  readonly params: Readonly<Record<string, string>>;
  readonly passage: Passage;
}

/** The web applications of the engine, reached by allow-list and in the name of the signed-in person. */
export function door({ signIn, forwarder, forms, engine, identity }: DoorDeps): Router {
  const pass = ({ request, response, session, passage }: Visit, body: unknown = passage.body) =>
    forwarder.pass(request, response, session, { ...passage, body });

  /** Completes a task; whoever comes second is told so in words instead of the engine's. */
  const complete = async (visit: Visit) => {
    const { request, response, session, params, passage } = visit;
    const id = params['id'] ?? '';
    const body = await forms.ofTask(session.user, id, passage.body);
    const answer = await forwarder.ask(request, session, { ...passage, body }, closedSignal(response));
    if (answer.statusCode >= 400 && !(await forms.exists(id))) {
      await answer.body.dump();
      throw await forms.whyGone(id);
    }
    await forwarder.answer(response, session, answer);
  };

  const handlings: Record<Handling, (visit: Visit) => Promise<void>> = {
    'submit-task-form': complete,
    'submit-start-form': async (visit) => {
      const id = visit.params['id'] ?? '';
      await pass(visit, await forms.ofStart(visit.session.user, id, visit.passage.body));
    },
    'own-name': (visit) => pass(visit, onlyOwnName(visit.session.user, visit.passage.body)),
    'follow-up-only': async (visit) => {
      const task = await forms.visibleTask(visit.session.user, visit.params['id'] ?? '');
      await pass(visit, onlyFollowUp(task, visit.passage.body));
    },
    people: async (visit) => {
      assertPeople(visit.params);
      if (visit.request.method === 'DELETE') await assertAdministratorLeft(engine, visit.params);
      await pass(visit);
      const { account, group } = visit.params;
      if (account === undefined) return identity.changes.announce(null);
      if (group === undefined && visit.request.method === 'DELETE') await forgetAccount(identity, account);
      await identity.changes.announce(account);
    },
    profile: (visit) => {
      assertPeople(visit.params);
      return pass(visit, ownProfile(visit.params, visit.passage.body));
    },
    'start-page': async ({ response }) => {
      response.redirect(303, '/');
    },
    'sign-out': async ({ request, response }) => {
      await signIn.close(request, response);
      response.status(204).end();
    },
  };

  const handle = async (call: Call, visit: Visit) => {
    assertRole(visit.session.user, call.roles);
    await (call.handling === undefined ? pass(visit) : handlings[call.handling](visit));
  };

  const router = Router();
  router.use('/camunda', async (request, response) => {
    const session = await signIn.session(request);
    setActor(request, session.user);
    const target = parseTarget(request.originalUrl);
    const found = findCall(request.method, target.segments);
    if (found === null) throw unknownCall(request.method, target.segments);
    assertNoExpressions(Object.fromEntries(target.query));
    const body = ['GET', 'HEAD'].includes(request.method) ? undefined : await readJson(request, response);
    assertNoExpressions(body);
    await handle(found.call, {
      request,
      response,
      session,
      params: found.params,
      passage: { method: request.method, target, body },
    });
  });
  return router;
}
