import { once } from 'node:events';
import { connect } from 'node:net';

/** One file that Camunda Modeler sends: the diagram first, then what its user attached. */
export interface SentFile {
  readonly name: string;
  readonly content: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** Read as it comes, and judged by assertions. */
  readonly json: any;
}

/** The boundary of a recorded request; Chromium draws the last sixteen characters. */
export const boundary = '----WebKitFormBoundary8JZ5pO0ujBmqwOlF';

/**
 * Camunda Modeler 5.50 on the wire. Heads and parts are those of Chromium for what its `CamundaAPI.js` asks for, recorded
 * from a page of a `file://` address, as the Modeler is one; header by header and byte by byte.
 */
export class Modeler {
  constructor(
    private readonly url: string,
    private readonly credentials: { readonly user: string; readonly password: string } | null,
  ) {}

  /** Its first call, without credentials in the check of the address and with them later. */
  checkConnection(): Promise<RawAnswer> {
    return this.send('GET', '/engine-rest/deployment?maxResults=0');
  }

  version(): Promise<RawAnswer> {
    return this.send('GET', '/engine-rest/version');
  }

  wellKnown(): Promise<RawAnswer> {
    return this.send('GET', '/.well-known/camunda-automation-platform/webapps');
  }

  deploy(name: string, files: readonly SentFile[]): Promise<RawAnswer> {
    return this.sendBody(multipart([...deploymentFields(name), ...files.map(filePart)]));
  }

  /** Any body in place of the one that it would send. */
  sendBody(body: Buffer, contentType = `multipart/form-data; boundary=${boundary}`): Promise<RawAnswer> {
    return this.send('POST', '/engine-rest/deployment/create', { contentType, body });
  }

  start(definitionId: string): Promise<RawAnswer> {
    const body = Buffer.from('{"businessKey":"default"}');
    const path = `/engine-rest/process-definition/${encodeURIComponent(definitionId)}/start`;
    return this.send('POST', path, { contentType: 'application/json', body });
  }

  async send(method: string, path: string, sent?: { contentType: string; body: Buffer }): Promise<RawAnswer> {
    const { hostname, port, host } = new URL(this.url);
    const head = this.head(method, path, host, sent);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), sent?.body ?? Buffer.alloc(0)]));
    return readAnswer(socket);
  }

  private head(
    method: string,
    path: string,
    host: string,
    sent: { contentType: string; body: Buffer } | undefined,
  ): string {
    const authorization =
      this.credentials === null
        ? []
        : [
            `authorization: Basic ${Buffer.from(`${this.credentials.user}:${this.credentials.password}`, 'latin1').toString('base64')}`,
          ];
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: keep-alive',
      ...(sent === undefined ? [] : [`Content-Length: ${sent.body.length}`]),
      'sec-ch-ua-platform: "Linux"',
      ...authorization,
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) camunda-modeler/5.50.0 Chrome/146.0.0.0 Electron/41.0.0 Safari/537.36',
      'accept: application/json',
      'sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="146"',
      ...(sent === undefined ? [] : [`Content-Type: ${sent.contentType}`]),
      'sec-ch-ua-mobile: ?0',
      'Origin: file://',
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Mode: cors',
      'Sec-Fetch-Dest: empty',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Accept-Language: en-US,en;q=0.9',
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }
}

/** The fields that come before the files. */
export function deploymentFields(name: string): Buffer[] {
  return [
    field('deployment-name', name),
    field('deployment-source', 'Camunda Modeler'),
    field('enable-duplicate-filtering', 'true'),
  ];
}

export function field(name: string, value: string): Buffer {
  return Buffer.from(`Content-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
}

/** The diagram is a blob of its own type, attachments have none. */
export function filePart({ name, content }: SentFile, at = 0): Buffer {
  const type = at === 0 ? 'text/xml' : 'application/octet-stream';
  const head = `Content-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from('\r\n')]);
}

export function multipart(parts: readonly Buffer[]): Buffer {
  const line = Buffer.from(`--${boundary}\r\n`);
  return Buffer.concat([...parts.flatMap((part) => [line, part]), Buffer.from(`--${boundary}--\r\n`)]);
}

async function readAnswer(socket: ReturnType<typeof connect>): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) continue;
      const [first = '', ...lines] = all.subarray(0, end).toString('latin1').split('\r\n');
      const headers = new Map(
        lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*: ?/, '')]),
      );
      const length = Number(headers.get('content-length') ?? 0);
      if (all.length < end + 4 + length) continue;
      const text = all.subarray(end + 4, end + 4 + length).toString('utf8');
      const isJson = headers.get('content-type')?.includes('json') === true;
      return { status: Number(first.split(' ')[1]), headers, text, json: isJson ? JSON.parse(text) : null };
    }
  } finally {
    socket.destroy();
  }
  throw new Error('The server hung up without an answer.');
}
