import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawAvatar } from '../../../src/cards/layouts/avatar.js';
import {
  BackendBusy,
  BackendDown,
  orderKeyText,
  type PreparedCard,
  type ProductionBackend,
} from '../../../src/production/backends/backend.js';
import { eventually } from '../../support/eventually.js';
import { pagesOfPdf } from '../../support/pdf-pages.js';
import { bothSides, cardMedia, describeWithPrinter, oneSide, TestPrinter } from './ippeveprinter.js';
import { backendFor, drawn, plainJob } from './sample-card.js';

const patience = AbortSignal.timeout(600_000);
const slowly = 60_000;

/** Prepares a card and hands it over. */
async function order(backend: ProductionBackend, job = plainJob()): Promise<PreparedCard & { orderId: string }> {
  const card = { cardId: job.cardId, number: job.number, body: await backend.prepare(job) };
  const [submission] = await backend.submit([card], patience);
  if (submission?.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(submission)}`);
  return { ...card, orderId: submission.orderId };
}

const reportOn = async (backend: ProductionBackend, key: { cardId: string; number: number; orderId: string | null }) =>
  (await backend.ask([key], patience))[0];

describeWithPrinter('a real IPP printer', () => {
  let printer: TestPrinter;
  let backend: ProductionBackend;
  beforeAll(async () => {
    printer = await TestPrinter.start();
    backend = backendFor(printer.uri);
  });
  afterAll(() => printer.remove());

  test('prints a card: the page it received is the card', async () => {
    const job = plainJob({ photo: { contentType: 'image/jpeg', bytes: await drawAvatar(1) } });
    const card = await order(backend, job);
    const report = await eventually('the card is produced', slowly, async () => {
      const now = await reportOn(backend, card);
      return now?.state === 'produced' && now;
    });
    expect(report).toMatchObject({
      cardId: card.cardId,
      number: 1,
      orderId: card.orderId,
      evidence: { jobId: Number(card.orderId), printer: printer.uri, completedAt: expect.any(String) },
    });
    expect(printer.printed).toContain(orderKeyText(card));

    const received = printer.received(orderKeyText(card));
    expect(pageSizeOf(received)).toEqual([expect.closeTo(85.6, 2), expect.closeTo(53.98, 2)]);
    // 1,200 dpi: edges rounded to whole pixels would be seen at 300 dpi.
    const pages = await pagesOfPdf(received, { width: 4044, height: 2552 });
    expect(pages).toHaveLength(2);
    const [front, back] = pages as [Buffer, Buffer];
    const sides = await drawn(job);
    expect(await differenceBetween(front, sides.front)).toBeLessThan(0.001);
    expect(await differenceBetween(back, sides.back)).toBeLessThan(0.001);
    const another = await drawn(plainJob({ photo: { contentType: 'image/jpeg', bytes: await drawAvatar(2) } }));
    expect(await differenceBetween(front, another.front)).toBeGreaterThan(0.005);
    expect(await differenceBetween(front, sides.back)).toBeGreaterThan(0.005);
  });

  test('says what a supply has left', async () => {
    printer.tell('ATTR: marker-names=Ribbon,Cleaner', 'ATTR: marker-levels=40,-3');
    const card = await order(backend);
    await eventually('the card is produced', slowly, async () => (await reportOn(backend, card))?.state === 'produced');
    const supplies = { Ribbon: '40 %', Cleaner: 'some left' };
    expect(await backend.status(patience)).toEqual({ condition: 'ready', message: null, supplies });
  });

  test('cancels a card that has not come out', async () => {
    printer.hold();
    const card = await order(backend);
    expect(await reportOn(backend, card)).toMatchObject({ state: 'accepted', message: null });
    await backend.cancel(card, patience);
    expect(await reportOn(backend, card)).toMatchObject({ state: 'accepted', message: 'Being cancelled.' });
    printer.goOn();
    const report = await eventually('the card is cancelled', slowly, async () => {
      const now = await reportOn(backend, card);
      return now?.state === 'cancelled' && now;
    });
    expect(report).toMatchObject({ orderId: card.orderId, reason: 'Cancelled by its owner.' });
    expect(printer.printed).not.toContain(orderKeyText(card));
    await backend.cancel(card, patience);
    await backend.cancel({ cardId: card.cardId, number: 99, orderId: card.orderId }, patience);
  });

  test('a job under the same id but of another card is neither reported nor cancelled', async () => {
    printer.hold();
    const card = await order(backend);
    const other = { cardId: plainJob().cardId, number: 1, orderId: card.orderId };
    expect(await reportOn(backend, other)).toMatchObject({ state: 'forgotten' });
    await backend.cancel(other, patience);
    printer.goOn();
    await eventually('the card is produced', slowly, async () => (await reportOn(backend, card))?.state === 'produced');
  });

  test('a card that the printer spoils has failed, with a reason in words', async () => {
    printer.spoilNext();
    const card = await order(backend);
    const report = await eventually('the card has failed', slowly, async () => {
      const now = await reportOn(backend, card);
      return now?.state === 'failed' && now;
    });
    expect(report).toMatchObject({
      orderId: card.orderId,
      code: 'aborted-by-system',
      reason: 'The printer gave it up.',
    });
  });

  test('is busy while it prints', async () => {
    printer.hold();
    const first = await order(backend);
    await expect(order(backend)).rejects.toThrow(BackendBusy);
    printer.goOn();
    await eventually(
      'the first card is produced',
      slowly,
      async () => (await reportOn(backend, first))?.state === 'produced',
    );
  });

  test.each([
    ['media-empty', 'Out of cards: fill the feeder.'],
    ['marker-supply-empty', 'Ribbon empty: put in a new one.'],
    ['cover-open', 'Cover open: close it.'],
  ])('%s stops ordering with one sentence, and nothing is sent', async (reason, sentence) => {
    printer.hold(reason);
    const waiting = await order(backend);
    await eventually(
      'the printer reports',
      slowly,
      async () => (await backend.status(patience)).condition === 'paused',
    );
    expect(await backend.status(patience)).toMatchObject({ condition: 'paused', message: sentence });
    const before = printer.begun.length;
    await expect(order(backend)).rejects.toThrow(new BackendDown(sentence));
    expect(printer.begun).toHaveLength(before);

    printer.goOn();
    await eventually(
      'the card is produced',
      slowly,
      async () => (await reportOn(backend, waiting))?.state === 'produced',
    );
    expect(await backend.status(patience)).toMatchObject({ condition: 'ready', message: null });
    const next = await order(backend);
    await eventually(
      'the next card is produced',
      slowly,
      async () => (await reportOn(backend, next))?.state === 'produced',
    );
  });

  test('the same card handed over again is the same job', async () => {
    const card = await order(backend);
    await eventually('the card is produced', slowly, async () => (await reportOn(backend, card))?.state === 'produced');
    expect(await backend.submit([card], patience)).toMatchObject([{ outcome: 'accepted', orderId: card.orderId }]);
    expect(printer.printed.filter((name) => name === orderKeyText(card))).toHaveLength(1);
  });

  test('a letter is printed once', async () => {
    const office = backendFor(printer.uri, { letterPrinter: printer.uri });
    const letter = await backend.prepare(plainJob());
    for (let repeat = 0; repeat < 2; repeat += 1) {
      await office.printLetter?.('letter-1', letter, patience);
      await eventually('it has come out', slowly, () => printer.printed.includes('letter-1'));
    }
    // It prints one thing after the other, so a second letter would have come out before this card.
    const card = await order(backend);
    await eventually('the card is produced', slowly, async () => (await reportOn(backend, card))?.state === 'produced');
    expect(printer.printed.filter((name) => name === 'letter-1')).toHaveLength(1);
    expect(backend.printLetter).toBeUndefined();
  });

  test('a card with a chip is refused, with the cure', async () => {
    const refused = backend.prepare(plainJob({ chip: true }));
    await expect(refused).rejects.toMatchObject({
      code: 'production-refused',
      message: expect.stringContaining('print bureau'),
    });
  });
});

describeWithPrinter('what an IPP printer must be able to do', () => {
  test.each(['named', 'anySize', 'none'] as const)('prints where the medium is %s', async (medium) => {
    const printer = await TestPrinter.start([bothSides, ...cardMedia[medium]]);
    try {
      const backend = backendFor(printer.uri);
      const card = await order(backend);
      await eventually(
        'the card is produced',
        slowly,
        async () => (await reportOn(backend, card))?.state === 'produced',
      );
    } finally {
      await printer.remove();
    }
  });

  test('a printer that cannot turn cards gets none: the back would be a second card', async () => {
    const printer = await TestPrinter.start([oneSide, ...cardMedia.named]);
    try {
      const backend = backendFor(printer.uri);
      const sentence = 'The printer does not print two-sided-short-edge: switch on its unit for both sides.';
      expect(await backend.status(patience)).toMatchObject({ condition: 'paused', message: sentence });
      await expect(order(backend)).rejects.toThrow(new BackendDown(sentence));
      expect(printer.begun).toEqual([]);
    } finally {
      await printer.remove();
    }
  });

  test('ipps: over TLS to a certificate that the settings name, and to no other', async () => {
    const printer = await TestPrinter.start();
    try {
      const uri = printer.uri.replace('ipp://127.0.0.1', 'ipps://localhost');
      await expect(order(backendFor(uri))).rejects.toThrow(BackendDown);
      const certificate = readFileSync(join(printer.keys, 'localhost.crt'), 'utf8');
      const backend = backendFor(uri, { certificate });
      const card = await order(backend);
      await eventually(
        'the card is produced',
        slowly,
        async () => (await reportOn(backend, card))?.state === 'produced',
      );
    } finally {
      await printer.remove();
    }
  });
});

/** Width and height of a PDF's pages in millimetres. */
function pageSizeOf(pdf: Buffer): number[] {
  const [, width, height] = /MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString('latin1')) ?? [];
  return [Number(width), Number(height)].map((points) => (points / 72) * 25.4);
}

/** The share of pixels that clearly differ, at 150 dpi. */
async function differenceBetween(page: Buffer, side: Buffer): Promise<number> {
  const pixels = (picture: Buffer): Promise<Buffer> =>
    sharp(picture).removeAlpha().greyscale().resize(506, 319, { fit: 'fill' }).raw().toBuffer();
  const [one, other] = await Promise.all([pixels(page), pixels(side)]);
  return one.filter((value, at) => Math.abs(value - (other[at] ?? 0)) > 40).length / one.length;
}
