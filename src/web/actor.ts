import type { Request } from 'express';
import type { SignedInUser } from './signed-in-user.js';

const actors = new WeakMap<Request, string>();

/** Keeps whose request it is, so that a refusal further on can be recorded with the account. */
export function withActor(
  authenticate: (request: Request) => Promise<SignedInUser>,
): (request: Request) => Promise<SignedInUser> {
  return async (request) => {
    const user = await authenticate(request);
    setActor(request, user);
    return user;
  };
}

/** As `withActor`, where somebody else has authenticated. */
export function setActor(request: Request, { id }: SignedInUser): void {
  actors.set(request, id);
}

/** The account of whose request it is; undefined where nobody is signed in. */
export function actorOf(request: Request): string | undefined {
  return actors.get(request);
}
