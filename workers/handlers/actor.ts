import { PermanentError } from '../runtime/index.js';
import type { Starters } from './register-request.js';
import type { Completions } from '../../src/requests/decided-by.js';

/** Who did what, by the engine's own history. */
export type Actors = Starters & Completions;

/**
 * Who acts with a task, never taken from a form variable: the person who completed the user task `taskKey` of this instance last,
 * or the person who started the process where the diagram names none.
 * @throws PermanentError when history knows of nobody
 */
export async function actorOf(history: Actors, processInstanceId: string, taskKey: string | null): Promise<string> {
  const account =
    taskKey === null
      ? await history.starterOf(processInstanceId)
      : (await history.completionsOf(processInstanceId, taskKey))[0]?.user;
  if (account == null)
    throw new PermanentError("The engine knows of nobody who acts here, so nothing is done in anybody's name.");
  return account;
}
