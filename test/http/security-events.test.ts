import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { errorTable, ProductError, type ErrorCode } from '../../src/kernel/errors.js';
import {
  refusalEvents,
  SecurityEvents,
  securityEvents,
  type SecurityAuditRow,
} from '../../src/kernel/security-events.js';
import { listAudit } from '../../src/records/audit/audit-store.js';
import { defineRoute } from '../../src/web/route.js';
import { lentEngine } from '../support/engine.js';
import { STARTUP, startApp, type TestApp } from './support/app.js';
import { Browser } from './support/browser.js';

/** A log that is read back: its lines as objects. */
function readableLog() {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
      done();
    },
  });
  return { lines, log: pino(sink) };
}

function setup(audit?: (row: SecurityAuditRow) => Promise<void>) {
  const rows: SecurityAuditRow[] = [];
  const clock = { ms: 0 };
  const metrics = new Registry();
  const { lines, log } = readableLog();
  const append = audit ?? (async (row: SecurityAuditRow) => void rows.push(row));
  const security = new SecurityEvents({ log, metrics, audit: append, now: () => clock.ms });
  return { rows, clock, metrics, lines, security };
}

describe('recording an event', () => {
  test('writes a structured line, counts it, and appends a row where a person acted', async () => {
    const { rows, lines, metrics, security } = setup();
    await security.record('signed-in', { account: 'ada', address: '192.0.2.1', requestId: 'r1' });
    expect(lines).toEqual([
      expect.objectContaining({ event: 'signed-in', account: 'ada', address: '192.0.2.1', level: 30 }),
    ]);
    expect(rows).toEqual([
      { actor: 'ada', action: 'signed-in', objectType: 'account', objectId: 'ada', details: { requestId: 'r1' } },
    ]);
    expect(await metrics.metrics()).toContain('cards_security_events_total{event="signed-in"} 1');
  });

  test('every event has a counter from the beginning, so that a first one is seen as a change', async () => {
    const text = await setup().metrics.metrics();
    for (const event of Object.keys(securityEvents)) expect(text).toContain(`{event="${event}"} 0`);
  });

  test('appends nothing where nobody is proven to have acted, or where the change writes its own row', async () => {
    const { rows, lines, security } = setup();
    for (const [name, { audit }] of Object.entries(securityEvents)) {
      if (audit === 'no' || audit === 'change')
        await security.record(name as keyof typeof securityEvents, { account: 'ada' });
    }
    await security.record('access-refused');
    expect(rows).toEqual([]);
    expect(lines.length).toBeGreaterThan(8);
  });

  test('someone who is refused again and again leaves one row a minute, and each line', async () => {
    const { rows, clock, lines, security } = setup();
    for (let at = 0; at < 100; at += 1) await security.record('access-refused', { account: 'ada' });
    await security.record('access-refused', { account: 'bob' });
    expect(rows.map(({ actor }) => actor)).toEqual(['ada', 'bob']);
    expect(lines).toHaveLength(101);
    clock.ms += 60_000;
    await security.record('access-refused', { account: 'ada' });
    expect(rows).toHaveLength(3);
  });

  test('an audit log that cannot be written to is an error in the log, and stops nothing', async () => {
    const { lines, security } = setup(() => Promise.reject(new Error('no database')));
    await security.record('signed-in', { account: 'ada' });
    expect(lines.at(-1)).toMatchObject({ level: 50, event: 'signed-in', account: 'ada' });
  });
});

describe('refusals', () => {
  const codes = Object.keys(refusalEvents) as ErrorCode[];
  const routes = codes.map((code) =>
    defineRoute({
      method: 'get',
      path: `/refuse/${code}`,
      summary: 'Refuses',
      tags: ['Test'],
      responses: { 200: { description: 'Never', schema: z.object({}) } },
      handler: async () => {
        throw new ProductError(code, 'Refused.');
      },
    }),
  );
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(await lentEngine(), { routes });
  }, STARTUP);
  afterAll(() => app.close());

  test('each is recorded with account and code before it is answered', async () => {
    const account = await app.account('operator');
    const browser = new Browser(app.url);
    await browser.signIn(account);
    for (const code of codes) {
      const answer = await browser.get(`/api/v1/refuse/${code}`);
      expect(answer.status).toBe(errorTable[code].status);
    }
    const rows = (await listAudit(app.db, { actor: account }, 100)).filter(({ action }) => action !== 'signed-in');
    const expected = new Set(
      codes.flatMap((code) => {
        const event = refusalEvents[code];
        return event !== undefined && securityEvents[event].audit === 'first' ? [event] : [];
      }),
    );
    expect(new Set(rows.map(({ action }) => action))).toEqual(expected);
    expect(rows.at(-1)?.details).toMatchObject({ method: 'GET', area: 'api' });
  });

  test('the door and pages record who was refused', async () => {
    const account = await app.account('operator');
    const browser = new Browser(app.url);
    await browser.signIn(account);
    expect((await browser.get('/camunda/app/admin/default/')).status).toBe(403);
    const [row] = await listAudit(app.db, { actor: account, action: 'access-refused' }, 1);
    expect(row?.details).toMatchObject({ code: 'forbidden', area: 'camunda' });
  });
});
