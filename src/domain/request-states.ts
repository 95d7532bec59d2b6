/**
 * The life of a request, the record of who asked for what beside the card. It follows its card up to the decision;
 * `refused` is its own: an accepted request whose registration was refused later, so that no card came to be. One that is aborted
 * before it is registered has no card either: its first step may never succeed.
 */
export const requestStates = ['registered', 'requested', 'approved', 'rejected', 'aborted', 'refused'] as const;

export type RequestState = (typeof requestStates)[number];

export const requestTransitions = {
  registered: ['requested', 'approved', 'refused', 'aborted'],
  requested: ['approved', 'rejected', 'aborted'],
} as const satisfies Partial<Record<RequestState, readonly RequestState[]>>;

/** States in which a request keeps its holder and card type from being asked for again. */
export const openRequestStates = ['registered', 'requested'] as const satisfies readonly RequestState[];

/** True while a request waits for something and a second one for the same holder and card type is refused. */
export function isOpenRequest(state: RequestState): boolean {
  return (openRequestStates as readonly RequestState[]).includes(state);
}

/** Every allowed step as a pair. */
export function requestTransitionPairs(): [RequestState, RequestState][] {
  const table: Partial<Record<RequestState, readonly RequestState[]>> = requestTransitions;
  return requestStates.flatMap((from) => (table[from] ?? []).map((to): [RequestState, RequestState] => [from, to]));
}
