/**
 * The shape of a contract of topics, and the types that follow from one. A contract is plain data (`as const`); nothing
 * here has to be imported to write it.
 */

/** What a handler gets for an input of each engine type. */
export interface InputTypes {
  String: string;
  Boolean: boolean;
  Integer: number;
  /** Refused where JavaScript cannot hold it exactly. */
  Long: number;
  Double: number;
  Date: Date;
  /** Parsed, but nobody vouches for its shape. */
  Json: unknown;
}

/** What a handler may give for an output of each engine type. */
export interface OutputTypes extends Omit<InputTypes, 'Json'> {
  Json: object | string | number | boolean;
}

export type VariableType = keyof InputTypes;

/** A type that ends in `?` may be missing or null. */
export type VariableDeclaration = VariableType | `${VariableType}?`;

/** `local` keeps an output in the scope of its task instead of the process. */
export type OutputDeclaration = VariableDeclaration | { readonly type: VariableDeclaration; readonly local: true };

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; each further delay is twice the one before. */
  readonly firstDelayMs: number;
  /** Milliseconds that no delay exceeds. */
  readonly maxDelayMs: number;
}

/** What the engine and the handlers of one topic have agreed on. */
export interface TopicContract {
  readonly inputs: Readonly<Record<string, VariableDeclaration>>;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
  /** Codes of the BPMN errors that its diagrams catch. */
  readonly errors: readonly string[];
  readonly retry: RetryPolicy;
  /** Milliseconds that a task stays locked without a heartbeat. */
  readonly lockMs: number;
  /** Milliseconds after which a handler is aborted; by default ten minutes. */
  readonly timeLimitMs?: number;
}

export type Contract = Readonly<Record<string, TopicContract>>;

type Value<D, Types extends Record<VariableType, unknown>> = D extends `${infer Name extends VariableType}?`
  ? Types[Name] | null
  : D extends VariableType
    ? Types[D]
    : D extends { readonly type: infer Inner }
      ? Value<Inner, Types>
      : never;

type OptionalKeys<Declarations> = {
  [K in keyof Declarations]: Declarations[K] extends `${string}?` | { readonly type: `${string}?` } ? K : never;
}[keyof Declarations];

/** The inputs of a topic: optional ones are null when missing. */
export type Inputs<T extends TopicContract> = {
  readonly [K in keyof T['inputs']]: Value<T['inputs'][K], InputTypes & Record<VariableType, unknown>>;
};

type OutputValues<T extends TopicContract> = {
  readonly [K in keyof T['outputs']]: Value<T['outputs'][K], OutputTypes & Record<VariableType, unknown>>;
};

/** Without any key, `{}` would take everything. */
type Exactly<O> = keyof O extends never ? Readonly<Record<string, never>> : { [K in keyof O]: O[K] };

/** The outputs of a topic: optional ones may be left out, which leaves the variable as it is, or null. */
export type Outputs<T extends TopicContract> = Exactly<
  Omit<OutputValues<T>, OptionalKeys<T['outputs']>> & Partial<Pick<OutputValues<T>, OptionalKeys<T['outputs']>>>
>;

type LocalKeys<Declarations> = {
  [K in keyof Declarations]: Declarations[K] extends { readonly local: true } ? K : never;
}[keyof Declarations];

/** What may go along with a BPMN error: it leaves the scope of the task, so local outputs would be lost. */
export type ErrorOutputs<T extends TopicContract> = Exactly<Partial<Omit<OutputValues<T>, LocalKeys<T['outputs']>>>>;

/** The BPMN error codes of a topic. */
export type ErrorCodes<T extends TopicContract> = T['errors'][number];
