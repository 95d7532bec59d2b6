import type { ErrorCodes, ErrorOutputs, Outputs, TopicContract } from './contract-types.js';

/** The step is done; its outputs become process variables. */
export interface Done<O> {
  readonly kind: 'done';
  readonly outputs: O;
}

/** The process continues at the boundary event that catches the code. */
export interface BusinessError<C extends string, O> {
  readonly kind: 'business-error';
  readonly code: C;
  readonly message: string;
  readonly outputs: O | undefined;
}

/** What a handler of the topic returns; everything else it has to say it throws. */
export type Outcome<T extends TopicContract> = Done<Outputs<T>> | BusinessError<ErrorCodes<T>, ErrorOutputs<T>>;

/**
 * The step is done. What `outputs` must and may hold comes from the handler's contract (`NoInfer`: a literal with an
 * undeclared variable does not widen it).
 */
export function done<O extends object>(outputs: NoInfer<O>): Done<O> {
  return { kind: 'done', outputs };
}

/**
 * A refusal that the diagram handles.
 * @param code one of the topic's declared BPMN error codes
 * @param message one sentence for people; the diagram can show it, so it holds no secret
 */
export function businessError<C extends string, O extends object>(
  code: NoInfer<C>,
  message: string,
  outputs?: NoInfer<O>,
): BusinessError<C, O> {
  return { kind: 'business-error', code, message, outputs };
}

/** Trying again would not help: the task becomes an incident at once, and shows the message. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
  /** Shown to people who look at the incident; see `publicMessageOf`. */
  readonly publicMessage: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.publicMessage = message;
  }
}
