import { z } from 'zod';

/** Where a use case stands, as the server reports it when it is ready. */
const useCaseState = z.object({ id: z.string(), enabled: z.boolean(), variant: z.string().nullable() });
export type UseCaseState = z.infer<typeof useCaseState>;

/**
 * What a part reports to the launcher over its IPC channel (`process.send`). A part ends itself on `disconnect`: then the
 * launcher was killed.
 */
export const partMessage = z.discriminatedUnion('type', [
  /** What it does while it is not ready yet. */
  z.object({ type: z.literal('progress'), text: z.string() }),
  /** It serves. Only the server names use cases, and the accounts it has just made where there were none. */
  z.object({
    type: z.literal('ready'),
    useCases: z.array(useCaseState).default([]),
    createdAccounts: z.array(z.string()).default([]),
  }),
  /** It cannot start, and will exit; one sentence with the cure. */
  z.object({ type: z.literal('failed'), message: z.string() }),
  /** Answers to `EnableMessage`. */
  z.object({ type: z.literal('enabled'), useCase: z.string(), variant: z.string() }),
  z.object({ type: z.literal('refused'), message: z.string() }),
]);
export type PartMessage = z.infer<typeof partMessage>;

/** What the launcher asks of the server: enable this use case in this variant. */
export interface EnableMessage {
  readonly type: 'enable';
  readonly useCase: string;
  readonly variant: string;
}
