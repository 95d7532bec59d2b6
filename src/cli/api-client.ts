import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { request } from 'undici';
import { z } from 'zod';
import { CONTENT_DIGEST, contentDigest } from '../engine/content-digest.js';
import { CliFailure, Refusal, systemCode, type ExitKind } from './failures.js';
import { plain } from './table.js';

/** A body that is sent as it is, for example a file. */
export interface Upload {
  readonly contentType: string;
  readonly bytes: number;
  /** Value of the `Content-Digest` header. */
  readonly digest: string;
  /** The body from its beginning. */
  readonly open: () => Readable | Buffer;
}

/** What a proof of identity may cover. */
export interface Unproven {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** The `Content-Digest` header, on everything that changes something. */
  readonly contentDigest?: string;
}

/** The headers that name the caller to the server. */
export type Prove = (unproven: Unproven) => Record<string, string>;

export interface ApiCall {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path below `/api/v1`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The entity tag that was read before: the call is refused when someone has changed the thing meanwhile. */
  readonly ifMatch?: string;
  readonly upload?: Upload;
}

/** Most time from sending a request to the end of its answer, in milliseconds; an import of many rows takes a while. */
const TIME_LIMIT = 300_000;

/** The interface of one installation, as its administrator. */
export class ApiClient {
  /**
   * @param origin for example `http://127.0.0.1:8080`
   * @param cure completes "… does not answer:"
   */
  constructor(
    private readonly origin: string,
    private readonly prove: Prove,
    private readonly cure: string,
  ) {}

  /**
   * Makes one call. Members of the answer that `schema` does not name are kept, where it is a loose object.
   * @throws Refusal when the server says no
   * @throws CliFailure `unavailable` without an answer, `refused` for one that is not of this interface
   */
  async call<T>(call: ApiCall, schema: z.ZodType<T>): Promise<T> {
    return (await this.read(call, schema)).answer;
  }

  /** As `call`, with the entity tag of what was answered, for a change that follows. */
  async read<T>(
    { method = 'GET', path, query, body, upload, ifMatch }: ApiCall,
    schema: z.ZodType<T>,
  ): Promise<{ readonly answer: T; readonly etag: string | undefined }> {
    const target = `/api/v1${path}${queryString(query)}`;
    const sent = upload ?? (body === undefined ? null : jsonUpload(body));
    const digest = sent?.digest ?? (method === 'GET' ? undefined : contentDigest(createHash('sha256')));
    const proof = this.prove({ method, target, ...(digest === undefined ? {} : { contentDigest: digest }) });
    const headers = {
      accept: 'application/json',
      ...(digest === undefined ? {} : { [CONTENT_DIGEST]: digest }),
      ...(sent === null ? {} : { 'content-type': sent.contentType, 'content-length': String(sent.bytes) }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...proof,
    };
    const answer = await this.send(target, { method, headers, body: sent?.open() ?? null });
    if (answer.status < 200 || answer.status > 299) throw this.refusal(answer.status, answer.json);
    const result = schema.safeParse(answer.json);
    if (result.success) return { answer: result.data, etag: answer.etag };
    throw new CliFailure('refused', `${this.origin} is of another version: use the command line that belongs to it.`);
  }

  /**
   * Gets what is not JSON, for example a file, a piece at a time.
   * @throws Refusal, CliFailure as `call`; `unavailable` also while it is read, where the answer breaks off
   */
  async *download({ path, query }: Pick<ApiCall, 'path' | 'query'>): AsyncGenerator<Buffer> {
    const target = `/api/v1${path}${queryString(query)}`;
    const headers = this.prove({ method: 'GET', target });
    try {
      const response = await request(new URL(target, this.origin), {
        headers,
        signal: AbortSignal.timeout(TIME_LIMIT),
      });
      if (response.statusCode !== 200) throw this.refusal(response.statusCode, parse(await response.body.text()));
      for await (const piece of response.body) yield piece as Buffer;
    } catch (raw) {
      throw raw instanceof CliFailure ? raw : this.unanswered(raw);
    }
  }

  private async send(target: string, options: SendOptions): Promise<Received> {
    try {
      const signal = AbortSignal.timeout(TIME_LIMIT);
      const response = await request(new URL(target, this.origin), { ...options, signal });
      const etag = [response.headers['etag']].flat()[0];
      return { status: response.statusCode, etag, json: parse(await response.body.text()) };
    } catch (cause) {
      throw this.unanswered(cause);
    }
  }

  private unanswered(cause: unknown): CliFailure {
    const reason = systemCode(cause) || (cause instanceof Error ? cause.name : 'no answer');
    return new CliFailure('unavailable', `${this.origin} does not answer (${reason}): ${this.cure}`, { cause });
  }

  private refusal(status: number, json: unknown): CliFailure {
    const problem = problemSchema.safeParse(json);
    if (!problem.success) {
      return new CliFailure(kindOf(status), `${this.origin} answers ${status} in foreign words: check the address.`);
    }
    const { detail, requestId } = problem.data;
    const sentence = status < 500 ? detail : `${detail} (request id ${requestId})`;
    return new Refusal(kindOf(status), plain(sentence), problem.data);
  }
}

interface Received {
  readonly status: number;
  readonly etag: string | undefined;
  readonly json: unknown;
}

interface SendOptions {
  readonly method: NonNullable<ApiCall['method']>;
  readonly headers: Record<string, string>;
  readonly body: Readable | Buffer | null;
}

const problemSchema = z.looseObject({ code: z.string(), detail: z.string(), requestId: z.string() });

function kindOf(status: number): ExitKind {
  if (status === 401 || status === 403) return 'denied';
  return status === 429 || status >= 500 ? 'unavailable' : 'refused';
}

function jsonUpload(body: unknown): Upload {
  const bytes = Buffer.from(JSON.stringify(body));
  const digest = contentDigest(createHash('sha256').update(bytes));
  return { contentType: 'application/json', bytes: bytes.length, digest, open: () => bytes };
}

function queryString(query: ApiCall['query'] = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
