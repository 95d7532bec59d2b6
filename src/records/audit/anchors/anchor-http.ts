import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { anchorLine, parseAnchor, type Anchor, type AnchorPlace, type AnchorSource } from './anchor.js';

/** How long a collector may take to answer (ms). */
const patienceMs = 5_000;

/** A collector that appends what is posted to it, one line a call, and may answer GET with all lines. */
export class AnchorHttp implements AnchorPlace {
  readonly name: string;
  readonly source: AnchorSource;

  /** @param token sent as a bearer token; it belongs to this address, so redirects are not followed */
  constructor(
    private readonly address: string,
    private readonly token: string | undefined,
  ) {
    this.name = address;
    this.source = httpSource(address, token);
  }

  open(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async append(anchor: Anchor): Promise<void> {
    const response = await fetch(this.address, {
      method: 'POST',
      headers: { ...bearer(this.token), 'content-type': 'application/jsonl' },
      body: `${anchorLine(anchor)}\n`,
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`answers ${response.status}`);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Lines of anchors that a GET answers. */
export function httpSource(address: string, token: string | undefined): AnchorSource {
  const read = async () => {
    const response = await fetch(address, {
      headers: bearer(token),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.ok && response.body !== null) return readLines(response.body as ReadableStream<Uint8Array>);
    await response.body?.cancel();
    const missing = response.status === 404 ? { code: 'ENOENT' } : {};
    throw Object.assign(new Error(`answers ${response.status}`), missing);
  };
  return { name: address, read };
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<Anchor | null> {
  for await (const line of createInterface({ input: Readable.fromWeb(body), crlfDelay: Infinity }))
    yield parseAnchor(line);
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
