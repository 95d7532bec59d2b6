import type { FieldError } from '../../src/web/problem.js';
import { texts } from '../texts.js';

/** A refusal of the server as problem+json (RFC 9457), or a call without an answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    /** Stable name of the refusal; `unreachable` where no answer came. */
    readonly code: string,
    /** One sentence with what is wrong and what to do. */
    readonly detail: string,
    readonly title: string,
    /** Wrong fields of an invalid request. */
    readonly errors: readonly FieldError[] = [],
    /** Further members, such as the bad rows of an import. */
    readonly extra: Readonly<Record<string, unknown>> = {},
    /** Also in the log of the server. */
    readonly requestId: string | null = null,
  ) {
    super(detail);
  }
}

/** An answer with its entity tag, which a change sends back so that nobody's work is overwritten unseen. */
export interface Answer<T> {
  readonly body: T;
  readonly etag: string | null;
}

/** Values of a query; what is null, undefined or empty is left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Sending {
  /** JSON, or a file or text as it is. */
  readonly body?: unknown;
  readonly ifMatch?: string | null;
  readonly query?: Query;
  readonly signal?: AbortSignal;
  /** Media type of a body that is not JSON. */
  readonly type?: string;
}

/** A path below `/api/v1` with its values encoded: ``at`/holders/${id}` ``. */
export function at(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return strings.reduce((path, string, index) => path + encodeURIComponent(values[index - 1] ?? '') + string);
}

/** The address of something below `/api/v1`, also for links such as downloads. */
export function apiUrl(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value == null || value === '' ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(given).toString();
  return `/api/v1${path}${search === '' ? '' : `?${search}`}`;
}

/** Reads something. @throws Refusal */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await call<T>('GET', path, { query, ...(signal === undefined ? {} : { signal }) })).body;
}

/** Reads something that will be changed. @throws Refusal */
export function getTagged<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
  return call<T>('GET', path, signal === undefined ? {} : { signal });
}

/**
 * Calls the interface as the person who is signed in; one whose session has ended signs in and comes back.
 * @param path below `/api/v1`
 * @throws Refusal
 */
export async function call<T>(method: string, path: string, sending: Sending = {}): Promise<Answer<T>> {
  const response = await answerOf(method, path, sending);
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  const body: unknown = isJson ? JSON.parse(text) : text;
  if (response.ok) return { body: body as T, etag: response.headers.get('etag') };
  if (response.status === 401) return signInAgain();
  throw toRefusal(body);
}

async function answerOf(
  method: string,
  path: string,
  { body, ifMatch, query, signal, type }: Sending,
): Promise<Response> {
  const headers = new Headers();
  if (body !== undefined) headers.set('content-type', type ?? 'application/json');
  if (ifMatch != null) headers.set('if-match', ifMatch);
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = type === undefined ? JSON.stringify(body) : (body as BodyInit);
  if (signal !== undefined) init.signal = signal;
  try {
    return await fetch(apiUrl(path, query), init);
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Refusal('unreachable', texts.common.unreachable, texts.common.unreachableTitle);
  }
}

/** Leaves the page, so the caller never gets an answer. */
function signInAgain(): Promise<never> {
  const here = location.pathname + location.search;
  location.assign(`/sign-in?${new URLSearchParams({ next: here }).toString()}`);
  return new Promise(() => undefined);
}

interface ProblemBody {
  readonly code?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly requestId?: string;
  readonly errors?: readonly FieldError[];
}

function toRefusal(body: unknown): Refusal {
  const problem: ProblemBody & Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const {
    code = 'internal',
    detail = texts.common.unreadable,
    title = texts.common.unreadableTitle,
    requestId = null,
    errors = [],
  } = problem;
  return new Refusal(code, detail, title, errors, problem, requestId);
}

/** Anything thrown, as what can be shown. */
export function asRefusal(raw: unknown): Refusal {
  return raw instanceof Refusal ? raw : new Refusal('internal', texts.common.broken, texts.common.unreadableTitle);
}
