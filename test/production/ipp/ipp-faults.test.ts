import ipp from 'ipp-encoder';
import {
  AnswerLost,
  BackendBusy,
  BackendDown,
  orderKeyText,
  type OrderKey,
  type ProductionBackend,
  type Report,
} from '../../../src/production/backends/backend.js';
import { eventually } from '../../support/eventually.js';
import { describeWithPrinter, TestPrinter } from './ippeveprinter.js';
import { answersWith, changes, losesTheAnswer, losesTheCall, Road, sendIpp, type Fault } from './road.js';
import { backendFor, plainJob } from './sample-card.js';

const { CONSTANTS: code } = ipp;
const patience = AbortSignal.timeout(600_000);
const slowly = 60_000;

async function prepared(backend: ProductionBackend) {
  const job = plainJob();
  return { cardId: job.cardId, number: job.number, body: await backend.prepare(job) };
}

const ask = async (backend: ProductionBackend, key: OrderKey): Promise<Report | undefined> =>
  (await backend.ask([key], patience))[0];

describeWithPrinter('faults between us and a real IPP printer', () => {
  let printer: TestPrinter;
  let road: Road;
  let backend: ProductionBackend;
  beforeEach(async () => {
    printer = await TestPrinter.start();
    road = await Road.open(printer.port);
    backend = backendFor(road.uri, { timeLimits: { answer: 5_000 } });
  });
  afterEach(async () => {
    await road.close();
    await printer.remove();
  });

  /** Waits until the printer has been on for so long that it can be believed about a call that begins now. */
  async function untilItsMemoryReachesBack(): Promise<void> {
    const since = Date.now();
    await eventually('the printer has been on for some seconds', slowly, () => Date.now() - since > 7_000);
  }

  test('answer lost after the printer took the card: found by its name, printed once', async () => {
    const card = await prepared(backend);
    const key = { cardId: card.cardId, number: 1, orderId: null, calledAt: new Date() };
    road.on(code.PRINT_JOB, losesTheAnswer);
    await expect(backend.submit([card], patience)).rejects.toThrow(AnswerLost);
    road.on(code.PRINT_JOB, null);
    await eventually('the card is produced', slowly, async () => (await ask(backend, key))?.state === 'produced');
    expect(await backend.submit([card], patience)).toMatchObject([{ outcome: 'accepted' }]);
    expect(printer.printed).toEqual([orderKeyText(card)]);
  });

  test('answer lost while the card is still being printed: it is accepted', async () => {
    printer.hold();
    const card = await prepared(backend);
    road.on(code.PRINT_JOB, losesTheAnswer);
    await expect(backend.submit([card], patience)).rejects.toThrow(AnswerLost);
    const key = { cardId: card.cardId, number: 1, orderId: null, calledAt: new Date() };
    expect(await ask(backend, key)).toMatchObject({ state: 'accepted' });
    await backend.cancel(key, patience);
    printer.goOn();
    await eventually('the card is cancelled', slowly, async () => (await ask(backend, key))?.state === 'cancelled');
  });

  test('call lost on its way: the printer is believed never to have had the card', async () => {
    await untilItsMemoryReachesBack();
    const card = await prepared(backend);
    const calledAt = new Date();
    road.on(code.PRINT_JOB, losesTheCall);
    await expect(backend.submit([card], patience)).rejects.toThrow(AnswerLost);
    const key = { cardId: card.cardId, number: 1, orderId: null };
    expect(await ask(backend, { ...key, calledAt })).toEqual({ cardId: card.cardId, number: 1, state: 'not-known' });
    expect(await ask(backend, key)).toMatchObject({ state: 'forgotten' });
  });

  test('plug pulled after the printer took the card: nobody says that it never had it', async () => {
    await untilItsMemoryReachesBack();
    const card = await prepared(backend);
    const calledAt = new Date();
    let pulled = false;
    road.on(code.PRINT_JOB, async (response, answerOfPrinter) => {
      await answerOfPrinter();
      await eventually('the card has come out', slowly, () => printer.printed.length === 1);
      await printer.switchOff();
      pulled = true;
      response.destroy();
    });
    await expect(backend.submit([card], patience)).rejects.toThrow(AnswerLost);
    await eventually('the plug is pulled', slowly, () => pulled);
    const lost = { cardId: card.cardId, number: 1, orderId: null, calledAt };
    const accepted = { ...lost, orderId: '1' };
    await expect(ask(backendFor(printer.uri), lost)).rejects.toThrow(BackendDown);

    await printer.switchOn();
    road.on(code.PRINT_JOB, null);
    for (const key of [lost, accepted]) {
      expect(await ask(backend, key)).toMatchObject({
        state: 'forgotten',
        message: expect.stringContaining('printer'),
      });
    }

    // Its job ids begin anew: job 1 is now another card.
    const next = await prepared(backend);
    expect(await backend.submit([next], patience)).toMatchObject([{ outcome: 'accepted', orderId: '1' }]);
    await eventually('the next card has come out', slowly, () => printer.printed.length === 2);
    expect(await ask(backend, accepted)).toMatchObject({ state: 'forgotten' });
    await backend.cancel(accepted, patience);
  });

  test('printer switched off: nothing was taken', async () => {
    const direct = backendFor(printer.uri);
    await printer.switchOff();
    await expect(direct.submit([await prepared(direct)], patience)).rejects.toThrow(BackendDown);
    await expect(direct.status(patience)).rejects.toThrow('No printer answers over IPP');
  });

  test('a stopped printer stops ordering before anything is sent', async () => {
    road.on(code.GET_PRINTER_ATTRIBUTES, changes('printer-state', code.ENUM, 5));
    const sentence = 'Stopped: look at the display of the printer.';
    expect(await backend.status(patience)).toMatchObject({ condition: 'paused', message: sentence });
    await expect(backend.submit([await prepared(backend)], patience)).rejects.toThrow(new BackendDown(sentence));
    road.on(code.GET_PRINTER_ATTRIBUTES, changes('printer-is-accepting-jobs', code.BOOLEAN, false));
    await expect(backend.submit([await prepared(backend)], patience)).rejects.toThrow(
      'The queue accepts no jobs: switch it on.',
    );
    expect(road.seen).not.toContain(code.PRINT_JOB);
    expect(printer.begun).toEqual([]);
  });

  test.each([
    ['refuses the document', 0x0411, { outcome: 'refused', code: 'client-error-document-format-error' }],
    ['refuses for a reason that we do not know', 0x04ff, { outcome: 'refused', code: 'status-0x04ff' }],
  ])('a printer that %s: the card is refused', async (_what, statusCode, refused) => {
    road.on(code.PRINT_JOB, answersWith(statusCode));
    expect(await backend.submit([await prepared(backend)], patience)).toMatchObject([refused]);
  });

  test.each([
    ['is busy', 0x0507, BackendBusy],
    ['forbids it', 0x0403, BackendDown],
    ['had an error of its own', 0x0500, AnswerLost],
    ['says something new', 0x0600, AnswerLost],
  ])('a printer that %s: the card is not refused', async (_what, statusCode, kind) => {
    road.on(code.PRINT_JOB, answersWith(statusCode));
    await expect(backend.submit([await prepared(backend)], patience)).rejects.toThrow(kind);
  });

  // A name that is minus six bytes long, after an attribute that is in order.
  const astray = Buffer.from([1, 1, 0, 0, 0, 0, 0, 1, 1, 0x44, 0, 1, 0x61, 0, 1, 0x62, 0x44, 0xff, 0xfa, 0, 0]);
  const garbage: [string, Fault][] = [
    ['is no IPP', (response) => sendIpp(response, Buffer.from('<html>hello</html>'))],
    ['is empty', (response) => sendIpp(response, Buffer.alloc(0))],
    ['ends in the middle', async (response, printers) => sendIpp(response, (await printers()).subarray(0, -20))],
    ['has lengths that lead astray', (response) => sendIpp(response, astray)],
    [
      'belongs to another request',
      async (response, printers) => {
        const bytes = Buffer.from(await printers());
        bytes.writeUInt32BE(4_711, 4);
        sendIpp(response, bytes);
      },
    ],
    [
      'is longer than any answer',
      async (response, printers) => sendIpp(response, Buffer.concat([await printers(), Buffer.alloc(3_000_000)])),
    ],
    ['never comes', () => undefined],
    [
      'never ends',
      (response) =>
        void response.writeHead(200, { 'content-type': 'application/ipp', 'content-length': 100 }).write('x'),
    ],
    ['is an error of HTTP', (response) => void response.writeHead(500).end('oops')],
  ];
  test.each(garbage)('an answer that %s is an answer lost, in time', async (_what, fault) => {
    const card = await prepared(backend);
    road.on(code.PRINT_JOB, fault);
    await expect(backend.submit([card], patience)).rejects.toThrow(AnswerLost);
    road.on(code.GET_JOBS, fault);
    await expect(ask(backend, { cardId: card.cardId, number: 1, orderId: null, calledAt: new Date() })).rejects.toThrow(
      AnswerLost,
    );
  });

  test('a printer that keeps no names of ended jobs is believed as long as it has been on', async () => {
    await untilItsMemoryReachesBack();
    const card = await prepared(backend);
    const calledAt = new Date();
    const [submission] = await backend.submit([card], patience);
    if (submission?.outcome !== 'accepted') throw new Error('not accepted');
    const key = { cardId: card.cardId, number: 1, orderId: submission.orderId, calledAt };
    for (const operation of [code.GET_JOBS, code.GET_JOB_ATTRIBUTES])
      road.on(operation, changes('job-name', code.NAME_WITHOUT_LANG, ''));
    await eventually('the card is produced', slowly, async () => (await ask(backend, key))?.state === 'produced');
    expect(await ask(backend, { ...key, calledAt: new Date(calledAt.getTime() - 600_000) })).toMatchObject({
      state: 'forgotten',
    });
    expect(await ask(backend, { ...key, orderId: null })).toMatchObject({ state: 'forgotten' });
  });

  test('a question whose answer is lost before the card was sent: nothing was taken', async () => {
    for (const question of [code.GET_PRINTER_ATTRIBUTES, code.GET_JOBS]) {
      road.once([question], losesTheAnswer);
      await expect(backend.submit([await prepared(backend)], patience)).rejects.toThrow(BackendDown);
    }
    expect(road.seen).not.toContain(code.PRINT_JOB);
  });

  test('a job without a state in a list is no list', async () => {
    const card = await prepared(backend);
    await backend.submit([card], patience);
    road.on(code.GET_JOBS, changes('job-state', code.TEXT_WITHOUT_LANG, 'what?'));
    await expect(ask(backend, { cardId: card.cardId, number: 1, orderId: null })).rejects.toThrow(AnswerLost);
  });

  test('a print server that is overloaded says when to come back', async () => {
    road.on(code.GET_PRINTER_ATTRIBUTES, (response) => void response.writeHead(503, { 'retry-after': '7' }).end());
    await expect(backend.submit([await prepared(backend)], patience)).rejects.toMatchObject({
      name: 'BackendBusy',
      retryAfterMs: 7_000,
    });
  });

  test('the password goes along; without one there is no backend', async () => {
    const withPassword = backendFor(road.uri, { account: 'cards' }, { password: 'correct horse' });
    await withPassword.status(patience);
    expect([...road.authorizations]).toEqual([`Basic ${Buffer.from('cards:correct horse').toString('base64')}`]);
    expect(() => backendFor(road.uri, { account: 'cards' })).toThrow('has no password for printer');
  });
});

describeWithPrinter('an IPP printer that wants a password', () => {
  test('a wrong one stops ordering', async () => {
    const printer = await TestPrinter.start(undefined, '-A');
    try {
      const backend = backendFor(printer.uri, { account: 'nobody' }, { password: 'wrong' });
      const failure: unknown = await backend
        .submit([await prepared(backend)], patience)
        .catch((error: unknown) => error);
      expect(failure).toEqual(new BackendDown('The printer wants another account or password.'));
      expect(printer.begun).toEqual([]);
    } finally {
      await printer.remove();
    }
  });
});
