import { Readable } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';
import { withinTime } from '../../../kernel/time-limit.js';
import { guardedConnector } from '../address-guard.js';
import { AnswerLost, BackendBusy, BackendDown } from '../backend.js';
import { retryAfterMs } from '../http/retry-after.js';
import { readAnswer, type IppAnswer } from './ipp-answer.js';
import { encodeRequest, type IppRequest } from './ipp-request.js';
import { httpAddress } from './ipp-settings.js';
import { isSuccess, statusOf } from './ipp-status.js';

/** An answer longer than this is no answer (bytes): five hundred jobs take a fifth of it. */
const longestAnswer = 1_048_576;
/** When a printer that is busy does not say when to come back (ms). */
const busyPause = 5_000;

export interface IppConnection {
  /** `ipp://` or `ipps://`. */
  readonly uri: string;
  readonly user: string;
  /** Value of the header `Authorization`, or null. */
  readonly authorization: string | null;
  /** PEM to trust instead of the public authorities. */
  readonly certificate: string | undefined;
  /** In milliseconds. */
  readonly timeLimits: { readonly connect: number; readonly answer: number };
}

/** An answer with another status than success. */
export class IppRefusal extends Error {
  override readonly name = 'IppRefusal';

  constructor(readonly status: number) {
    super(`${statusOf(status).sentence} (${statusOf(status).keyword}).`);
  }

  /** As the port has it, for a call that has no use for a refusal of its own. */
  get asBackendError(): Error {
    const { meaning } = statusOf(this.status);
    if (meaning === 'busy') return new BackendBusy(this.message, busyPause);
    const cause = { cause: this };
    return meaning === 'lost' ? new AnswerLost(this.message, cause) : new BackendDown(this.message, cause);
  }
}

/** One printer over IPP/1.1: two kept connections, every call with a time limit and an answer of bounded length. */
export class IppClient {
  private readonly pool: Pool;
  private readonly path: string;
  private lastRequestId = 0;

  constructor(private readonly connection: IppConnection) {
    const { origin, path } = httpAddress(connection.uri);
    const { certificate, timeLimits } = connection;
    this.path = path;
    this.pool = new Pool(origin, {
      connections: 2,
      // Printers close idle connections soon, and a request on a closed one is an answer lost.
      keepAliveTimeout: 2_000,
      maxResponseSize: longestAnswer,
      connect: guardedConnector({ timeout: timeLimits.connect, ...(certificate !== undefined && { ca: certificate }) }),
    });
  }

  get uri(): string {
    return this.connection.uri;
  }

  /**
   * Makes one call.
   * @throws IppRefusal for every status but success
   * @throws BackendBusy, BackendDown when it was certainly not taken, AnswerLost when it may have been
   */
  async call(request: IppRequest, signal: AbortSignal): Promise<IppAnswer> {
    const requestId = (this.lastRequestId = (this.lastRequestId % 0x7fff_ffff) + 1);
    const bytes = encodeRequest(request, requestId, this.connection.uri, this.connection.user);
    let sent = false;
    const body = function* () {
      // Pulled once there is a connection: a failure before this line has sent nothing.
      sent = true;
      yield bytes;
    };
    let answer: IppAnswer;
    try {
      answer = await withinTime(this.connection.timeLimits.answer, signal, async (limited) => {
        const response = await this.post(Readable.from(body()), bytes.length, limited);
        refuseHttpErrors(response);
        return readAnswer(Buffer.from(await response.body.arrayBuffer()));
      });
      if (answer.requestId !== requestId) throw new RangeError('the answer to another request');
    } catch (cause) {
      if (cause instanceof BackendBusy || cause instanceof BackendDown || cause instanceof AnswerLost) throw cause;
      if (!sent) throw new BackendDown(`The printer cannot be reached (${reasonOf(cause)}).`, { cause });
      throw new AnswerLost(`The printer's answer was lost (${reasonOf(cause)}).`, { cause });
    }
    if (!isSuccess(answer.status)) throw new IppRefusal(answer.status);
    return answer;
  }

  private post(body: Readable, length: number, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { authorization } = this.connection;
    const headers = {
      'content-type': 'application/ipp',
      'content-length': String(length),
      ...(authorization !== null && { authorization }),
    };
    return this.pool.request({ method: 'POST', path: this.path, headers, body, signal });
  }
}

/** Source: RFC 8010, 3.4.1: an IPP answer comes with 200; everything else is HTTP's own. */
function refuseHttpErrors({ statusCode, headers, body }: Dispatcher.ResponseData): void {
  if (statusCode === 200) return;
  body.dump().catch(() => undefined);
  if (statusCode === 401 || statusCode === 403) throw new BackendDown('The printer wants another account or password.');
  if (statusCode === 429 || statusCode === 503) {
    throw new BackendBusy('The printer is busy.', retryAfterMs([headers['retry-after']].flat()[0]) ?? busyPause);
  }
  if (statusCode >= 500) throw new AnswerLost(`The printer had an error of its own (HTTP ${statusCode}).`);
  throw new BackendDown(`There is no IPP printer at this address (HTTP ${statusCode}): check the settings.`);
}

/** A word for the reason, never the message: those of drivers quote bytes and addresses. */
function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError) return 'it is not IPP';
  const { code, name } = cause as { readonly code?: unknown; readonly name?: unknown };
  return [code, name].find((word) => typeof word === 'string') ?? 'unknown';
}
