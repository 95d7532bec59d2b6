import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { groups, type Role } from '../domain/roles.js';
import { ProductError, type ErrorCode } from '../kernel/errors.js';
import type { Caller } from './sign-in/caller.js';
import type { SignedInUser } from './signed-in-user.js';

export type HttpMethod = 'get' | 'post' | 'put' | 'delete';

/** A JSON body, validated by the schema. */
export interface JsonBody<T extends z.ZodType = z.ZodType> {
  readonly kind: 'json';
  readonly schema: T;
  readonly limitBytes?: number;
}

/** A text body such as CSV, handed over as a string. */
export interface TextBody {
  readonly kind: 'text';
  readonly contentTypes: readonly string[];
  readonly limitBytes: number;
}

/** A binary body such as an image, handed over as bytes; what they hold is the handler's to judge. */
export interface BinaryBody {
  readonly kind: 'binary';
  readonly contentTypes: readonly string[];
  /** Other names that programs send for these, and that are read alike. */
  readonly alsoTaken?: readonly string[];
  readonly limitBytes: number;
}

export type BodySpec = JsonBody | TextBody | BinaryBody;

/** One answer of a route. Without `schema` and `contentType` it has no body. */
export interface ResponseSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Set for bodies that are not JSON; the handler then returns text, bytes or a stream. */
  readonly contentType?: string;
  /** Names of headers with what they mean. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Statuses of answers; refusals have theirs in the table of errors. */
export type AnswerStatus = 200 | 201 | 202 | 204;

export type ResponseSpecs = Readonly<Partial<Record<AnswerStatus, ResponseSpec>>>;

type BodyOf<B extends BodySpec | undefined> =
  B extends JsonBody<infer T> ? z.output<T> : B extends TextBody ? string : B extends BinaryBody ? Buffer : undefined;

type OutputOf<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : Record<string, never>;

type AnswerBody<R> = R extends { readonly schema: infer T extends z.ZodType }
  ? { readonly body: z.input<T> }
  : R extends { readonly contentType: string }
    ? { readonly body: string | Buffer | Readable }
    : { readonly body?: undefined };

/** What a handler returns: one of the declared statuses with the body declared for it. */
export type RouteAnswer<R extends ResponseSpecs> = {
  [S in keyof R & AnswerStatus]: {
    readonly status: S;
    readonly headers?: Readonly<Record<string, string>>;
  } & AnswerBody<R[S]>;
}[keyof R & AnswerStatus];

export interface RouteContext<P, Q, B> {
  readonly user: SignedInUser;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The validated `Idempotency-Key` (1–200 printable characters), on routes with `idempotent`. */
  readonly idempotencyKey: string | null;
  /** The `If-Match` header as sent, on routes with `conditional`; see `assertMatch`. */
  readonly ifMatch: string | null;
  readonly requestId: string;
  readonly caller: Caller;
}

/** A change as the person reads it who confirms it. */
export interface ChangeToConfirm {
  /** One sentence. */
  readonly what: string;
  /** Current entity tag of what would be changed: a change of anything else is not the one that was confirmed. Null for something new. */
  readonly etag: string | null;
}

/** What an operation is called with, and by whom. */
export type Asked<P, Q, B> = Pick<RouteContext<P, Q, B>, 'user' | 'params' | 'query' | 'body'>;

export interface RouteDefinition<
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends BodySpec | undefined,
  R extends ResponseSpecs,
> {
  readonly method: HttpMethod;
  /** Below `/api/v1`, parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Any of these roles; without it, any signed-in person. */
  readonly roles?: readonly Role[];
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Accepts an `Idempotency-Key` header. */
  readonly idempotent?: boolean;
  /** Accepts an `If-Match` header. */
  readonly conditional?: boolean;
  /**
   * For an operation that a second administrator may have to confirm: what it would change. Null where this very change needs nobody.
   * It may refuse by throwing, as the handler would.
   */
  readonly toConfirm?: (asked: Asked<OutputOf<P>, OutputOf<Q>, BodyOf<B>>) => Promise<ChangeToConfirm | null>;
  readonly responses: R;
  /** Refusals a client should expect beyond those that follow from the fields above. */
  readonly errors?: readonly ErrorCode[];
  readonly handler: (context: RouteContext<OutputOf<P>, OutputOf<Q>, BodyOf<B>>) => Promise<RouteAnswer<R>>;
}

/** How programs that nobody signs in for prove who they are. */
export interface SignatureSpec {
  readonly description: string;
  /** Names of the headers that carry it with what they mean. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SignedContext<P> {
  readonly params: P;
  /** As it came, byte for byte: that is what is signed. */
  readonly body: Buffer;
  readonly header: (name: string) => string | undefined;
  readonly requestId: string;
}

export interface SignedRouteDefinition<P extends z.ZodObject | undefined, R extends ResponseSpecs> extends Omit<
  RouteDefinition<P, undefined, BinaryBody, R>,
  'roles' | 'query' | 'idempotent' | 'conditional' | 'toConfirm' | 'handler'
> {
  readonly signature: SignatureSpec;
  readonly body: BinaryBody;
  /** Nobody is signed in: it checks the signature itself, before it does anything. */
  readonly handler: (context: SignedContext<OutputOf<P>>) => Promise<RouteAnswer<R>>;
}

/** A route with its types folded away, as the table of routes holds it. */
export interface Route extends Omit<
  RouteDefinition<z.ZodObject | undefined, z.ZodObject | undefined, BodySpec | undefined, ResponseSpecs>,
  'handler' | 'toConfirm'
> {
  readonly toConfirm?: (asked: Asked<unknown, unknown, unknown>) => Promise<ChangeToConfirm | null>;
  /** Set where no person signs in. */
  readonly signature?: SignatureSpec;
  readonly handler: (context: Omit<RouteContext<unknown, unknown, unknown>, 'user'> & Sender) => Promise<UntypedAnswer>;
}

/** A person who signed in, or a program with the headers that it has sent. */
export type Sender = { readonly user: SignedInUser } | Pick<SignedContext<unknown>, 'header'>;

interface UntypedAnswer {
  readonly status: AnswerStatus;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * One operation of the interface as data: Express registration, validation, role checks and the OpenAPI document are
 * all derived from it.
 *
 * ```ts
 * export const holderRoutes = (holders: HolderService): Route[] => [
 *   defineRoute({
 *     method: 'get',
 *     path: '/holders/:id',
 *     summary: 'One card holder',
 *     tags: ['Holders'],
 *     roles: ['operator', 'admin'],
 *     params: z.object({ id: z.uuid() }),
 *     responses: { 200: { description: 'The holder', schema: holderSchema } },
 *     errors: ['not-found'],
 *     handler: async ({ params, user }) => ({ status: 200, body: await holders.get(params.id, user) }),
 *   }),
 * ];
 * ```
 *
 * Handlers refuse by throwing `ProductError`. Unknown members of params, query and JSON body objects are refused.
 * A schema with `.meta({ id: 'Holder' })` becomes a named component. Lists: `listQuery` and `listOf` in `list.ts`.
 */
export function defineRoute<
  R extends ResponseSpecs,
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends BodySpec | undefined = undefined,
>(definition: RouteDefinition<P, Q, B, R>): Route {
  // The handler's argument is narrower than the table's; mount-routes hands it only what these very schemas made.
  return definition as unknown as Route;
}

/**
 * A route for programs that sign what they send, such as webhooks: there is no session, no password and no check of the
 * sending site, so its handler lets nothing happen before the signature is verified.
 */
export function defineSignedRoute<R extends ResponseSpecs, P extends z.ZodObject | undefined = undefined>(
  definition: SignedRouteDefinition<P, R>,
): Route {
  return definition as unknown as Route;
}

/** A JSON body; 100 kB by default. */
export function jsonBody<T extends z.ZodType>(schema: T, limitBytes?: number): JsonBody<T> {
  return limitBytes === undefined ? { kind: 'json', schema } : { kind: 'json', schema, limitBytes };
}

/**
 * Refuses a person who has none of the roles, naming the groups that would do.
 * @throws ProductError `forbidden`
 */
export function assertRole(user: SignedInUser, roles: readonly Role[] | undefined): void {
  if (roles === undefined || roles.length === 0 || roles.some((role) => user.roles.has(role))) return;
  const names = roles.map((role) => groups[role]);
  const group = names.length === 1 ? `the group ${names[0]}` : `one of the groups ${names.join(', ')}`;
  throw new ProductError('forbidden', `This needs a member of ${group}. Ask an administrator.`);
}
