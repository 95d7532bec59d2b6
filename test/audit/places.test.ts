/** Anchors sent elsewhere: to collectors of syslog and HTTP, which fail now and then. */
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { SecurityEvents } from '../../src/kernel/security-events.js';
import { AnchorFile } from '../../src/records/audit/anchors/anchor-file.js';
import type { AnchorPlace } from '../../src/records/audit/anchors/anchor.js';
import { AnchorHttp } from '../../src/records/audit/anchors/anchor-http.js';
import { anchorPlaces, namedSource } from '../../src/records/audit/anchors/anchor-places.js';
import { AnchorSyslog } from '../../src/records/audit/anchors/anchor-syslog.js';
import { auditHealth } from '../../src/records/audit/audit-health.js';
import { appendAudit } from '../../src/records/audit/audit-store.js';
import { AuditKeeper } from '../../src/records/audit/sealing/audit-keeper.js';
import { readHead } from '../../src/records/audit/sealing/audit-sealer.js';
import { verifyAudit } from '../../src/records/audit/verification/verify-audit.js';
import { anchorSettingsOf, auditEnvironment, readConfig } from '../../src/kernel/config.js';
import type { Knex } from '../../src/kernel/db/database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

let database: TestDatabase;
let db: Knex;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  folder = mkdtempSync(join(tmpdir(), 'cards-places-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const append = (objectId: string) =>
  appendAudit(db, [{ actor: 'admin', action: 'option-set', objectType: 'option', objectId }]);
const log = pino({ level: 'silent' });
const keeperOf = (...places: AnchorPlace[]) =>
  new AuditKeeper({ db, log, security: new SecurityEvents({ log }), places, keys: null });
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

/** Seals a row and waits for what a collector got. */
async function sealed<T>(place: AnchorPlace, received: () => readonly T[]): Promise<readonly T[]> {
  const keeper = keeperOf(place);
  await append('one');
  await keeper.start();
  await eventually('the collector has it', 20_000, () => received().length > 0);
  await keeper.stop();
  return received();
}

test('syslog over TCP, framed by its length, and read back from the file of the collector', async () => {
  const frames: string[] = [];
  const collector = createServer((socket) => {
    const chunks: Buffer[] = [];
    socket
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => frames.push(Buffer.concat(chunks).toString('utf8')));
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const place = new AnchorSyslog(`tcp://127.0.0.1:${portOf(collector)}`);
  const [frame = ''] = await sealed(place, () => frames);
  const [, length = '', message = ''] = /^(\d+) (.*)$/s.exec(frame) ?? [];
  expect(Number(length)).toBe(Buffer.byteLength(message));
  expect(message).toMatch(/^<109>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ open-card-requests \d+ audit-anchor - \{"block":"1",/);
  const file = join(folder, 'syslog');
  writeFileSync(file, `Dec  1 some other line\n2026-12-01 host ${message}\n`);
  const named = namedSource(`syslog:${file}`, undefined, (path) => path);
  expect(await verifyAudit(db, { anchors: [named], keys: null })).toMatchObject({
    intact: true,
    anchors: { count: 1, provenTo: '1' },
  });
  appendFileSync(file, 'host open-card-requests audit-anchor - {"block":"9"}\n');
  expect((await verifyAudit(db, { anchors: [named], keys: null })).findings).toMatchObject([
    { kind: 'anchor-unreadable' },
  ]);
  collector.close();
});

test('syslog over UDP', async () => {
  const messages: string[] = [];
  const collector = createSocket('udp4', (message) => messages.push(message.toString('utf8')));
  collector.bind(0, '127.0.0.1');
  await once(collector, 'listening');
  const [message] = await sealed(new AnchorSyslog(`udp://127.0.0.1:${portOf(collector)}`), () => messages);
  expect(message).toContain((await readHead(db))?.hash);
  collector.close();
});

describe('a collector of HTTP', () => {
  let server: HttpServer;
  let lines: string[];
  let answer: number;
  let seen: { method: string | undefined; authorization: string | undefined }[];

  beforeEach(async () => {
    [lines, answer, seen] = [[], 200, []];
    server = createHttpServer((request, response) => {
      seen.push({ method: request.method, authorization: request.headers.authorization });
      if (answer !== 200) response.writeHead(answer, { location: '/elsewhere' }).end();
      else if (request.method === 'GET') response.end(lines.join(''));
      else request.on('data', (chunk: Buffer) => lines.push(chunk.toString('utf8'))).on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = () => `http://127.0.0.1:${portOf(server)}/append`;

  test('gets one line a head with its bearer token, and proves it when asked', async () => {
    const place = new AnchorHttp(address(), 'the-token');
    await sealed(place, () => lines);
    expect(lines).toEqual([expect.stringMatching(/^\{"block":"1","hash":"[0-9a-f]{64}","at":"[^"]+"\}\n$/)]);
    expect(seen[0]).toEqual({ method: 'POST', authorization: 'Bearer the-token' });
    const named = namedSource(address(), 'the-token', (path) => path);
    expect(await verifyAudit(db, { anchors: [named], keys: null })).toMatchObject({
      intact: true,
      anchors: { provenTo: '1' },
    });
    lines.length = 0;
    expect((await verifyAudit(db, { anchors: [place.source], keys: null })).findings).toMatchObject([
      { kind: 'anchor-missing', object: address() },
    ]);
  });

  test('that fails holds up nothing, is shown in health, and gets the newest head when it is back', async () => {
    answer = 503;
    const file = new AnchorFile(join(folder, 'anchors.jsonl'));
    const keeper = keeperOf(new AnchorHttp(address(), undefined), file);
    await keeper.start();
    await append('one');
    await eventually('it fails', 20_000, () => keeper.state.places[0]?.failing !== null);
    await append('two');
    await eventually('both are sealed and in the other place', 20_000, async () => {
      const head = await readHead(db);
      return (await verifyAudit(db)).unsealed.rows === 0 && keeper.state.places[1]?.block === head?.block;
    });
    expect(auditHealth(keeper.state)).toMatchObject({
      status: 'up',
      detail: expect.stringMatching(/no anchor reaches http:\/\/127.*answers 503/) as unknown,
    });
    answer = 200;
    await eventually('it has the newest head', 30_000, async () =>
      lines.at(-1)?.includes((await readHead(db))?.hash ?? '-'),
    );
    await keeper.stop();
    expect(keeper.state.places[0]?.failing).toBeNull();
  }, 60_000);

  test('that redirects does not get the token sent on', async () => {
    answer = 307;
    const keeper = keeperOf(new AnchorHttp(address(), 'the-token'));
    await append('one');
    await keeper.start();
    await eventually('it fails', 20_000, () => keeper.state.places[0]?.failing !== null);
    await keeper.stop();
    expect(seen.length).toBeGreaterThan(0);
    expect(lines).toEqual([]);
  });
});

test('a volume that is not there when the server starts is used when it comes', async () => {
  const path = join(folder, 'volume', 'anchors.jsonl');
  const keeper = keeperOf(new AnchorFile(path));
  await append('one');
  await keeper.start();
  await eventually('it fails', 20_000, () => keeper.state.places[0]?.failing?.message === 'ENOENT');
  mkdirSync(join(folder, 'volume'));
  await eventually('it is anchored', 30_000, () => keeper.state.places[0]?.block === '1');
  await keeper.stop();
});

describe('the settings', () => {
  const read = (list: unknown) => {
    const path = join(folder, 'anchors.json');
    writeFileSync(path, JSON.stringify(list));
    return anchorSettingsOf(readConfig(auditEnvironment, { AUDIT_ANCHOR_FILE: '/a', AUDIT_ANCHORS_FILE: path }));
  };

  test('name files, collectors of syslog, and collectors of HTTP with a token of their own', () => {
    const list = [{ file: '/b' }, { syslog: 'tls://c:6514' }, { http: 'https://d/append', token: 'secret' }];
    const host = hostname();
    const names = [`${host}:/a`, `${host}:/b`, 'tls://c:6514', 'https://d/append'];
    expect(anchorPlaces(read(list)).map(({ name }) => name)).toEqual(names);
  });

  test.each([
    [{ file: '' }],
    [{ syslog: 'http://c' }],
    [{ http: 'ftp://d' }],
    [{ s3: 'x' }],
    [{ file: '/b', token: 'x' }],
  ])('that are something else are refused: %j', (entry) => {
    expect(() => read([entry])).toThrow(/AUDIT_ANCHORS_FILE/);
  });
});
