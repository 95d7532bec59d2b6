import { Router, type Request, type Response } from 'express';
import type { Dispatcher } from 'undici';
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
import { isRecorded, planChange, type RecordChange, type RecordedChange } from './recorded-changes.js';
import type { AccountChanges } from '../sign-in/account-changes.js';
import { parseTarget } from './target.js';
import { onlyFollowUp, onlyOwnName } from './task-changes.js';

export interface DoorDeps {
  readonly signIn: SignIn;
  readonly forwarder: Forwarder;
  readonly forms: FormSubmission;
  readonly engine: EngineClient;
  /** Notified of changed groups. */
  readonly changes: AccountChanges;
  readonly record: RecordChange;
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
export function door({ signIn, forwarder, forms, engine, changes, record }: DoorDeps): Router {
  const pass = ({ request, response, session, passage }: Visit, body: unknown = passage.body) =>
    forwarder.pass(request, response, session, { ...passage, body });

  /** Completes a task; a second completion is refused in our words instead of the engine's. */
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

  /**
   * Makes a change in the engine and records it. It continues when the browser goes away: nobody makes a change
   * without a row by leaving early.
   */
  const change = async (handling: RecordedChange, visit: Visit) => {
    const { request, response, session, params, passage } = visit;
    const { row, body } = await planChange(handling, engine, params, passage.body);
    const made = { ...passage, body };
    const answers: Dispatcher.ResponseData[] = [];
    await record({ actor: session.user.id, ...row }, async () => {
      const answer = await forwarder.ask(request, session, made, new AbortController().signal);
      answers.push(answer);
      return answer.statusCode < 400;
    });
    if (row.objectType === 'group') await changes.announce(params['account'] ?? null);
    for (const answer of answers) await forwarder.answer(response, session, answer);
  };

  const handlings: Record<Exclude<Handling, RecordedChange>, (visit: Visit) => Promise<void>> = {
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
    const { handling } = call;
    if (handling === undefined) await pass(visit);
    else if (isRecorded(handling)) await change(handling, visit);
    else await handlings[handling](visit);
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
