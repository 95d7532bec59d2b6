import type { Dispatcher } from 'undici';

/** Nobody knows whether the request arrived: it timed out, its connection broke, or it was aborted. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    readonly reason: 'timeout' | 'connection' | 'aborted',
    options?: { cause?: unknown },
  ) {
    super(`no answer from the engine (${reason})`, options);
  }
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * One request and its answer under one deadline, which covers everything: waiting for a socket, sending, headers, body.
 *
 * It speaks undici's `dispatch` and not its `request`, because every task costs two of these: without a stream for a
 * body of a few bytes and an abort signal for a deadline that hardly ever passes, a call costs half of the CPU.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private broken: NoAnswer | undefined;
  private status = 0;
  private contentType = '';
  private readonly chunks: Buffer[] = [];

  private constructor(
    timeoutMs: number,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: NoAnswer) => void,
  ) {
    this.timer = setTimeout(() => this.breakOff('timeout'), timeoutMs);
  }

  /**
   * @param timeoutMs milliseconds for the whole exchange
   * @param signal breaks it off
   * @throws NoAnswer
   */
  static async run(
    dispatcher: Dispatcher,
    request: Dispatcher.DispatchOptions,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Answer> {
    if (signal?.aborted === true) throw new NoAnswer('aborted');
    let abort: (() => void) | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const exchange = new Exchange(timeoutMs, resolve, reject);
        abort = () => exchange.breakOff('aborted');
        signal?.addEventListener('abort', abort);
        dispatcher.dispatch(request, exchange);
      });
    } finally {
      if (abort !== undefined) signal?.removeEventListener('abort', abort);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Given up while it waited for a socket: it must not be sent any more.
    if (this.broken !== undefined) controller.abort(this.broken);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: NodeJS.Dict<string | string[]>,
  ): void {
    this.status = status;
    this.contentType = String(headers['content-type'] ?? '');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.timer);
    const { status, contentType, chunks } = this;
    this.resolve({ status, contentType, text: chunks.length === 0 ? '' : Buffer.concat(chunks).toString() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    clearTimeout(this.timer);
    this.reject(this.broken ?? new NoAnswer('connection', { cause }));
  }

  private breakOff(reason: 'timeout' | 'aborted'): void {
    clearTimeout(this.timer);
    this.broken = new NoAnswer(reason);
    this.controller?.abort(this.broken);
    this.reject(this.broken);
  }
}
