import { cardJobAttributes } from '../../../src/production/backends/ipp/card-medium.js';
import type { IppAttributes, IppValue } from '../../../src/production/backends/ipp/ipp-answer.js';
import { httpAddress, ippSettings } from '../../../src/production/backends/ipp/ipp-settings.js';
import { wouldRemember, type PrinterMemory } from '../../../src/production/backends/ipp/job-memory.js';
import { readJob, reportOf } from '../../../src/production/backends/ipp/printer-job.js';
import { gravestReason } from '../../../src/production/backends/ipp/printer-reasons.js';
import { printerStatus } from '../../../src/production/backends/ipp/printer-state.js';

const attributes = (values: Record<string, IppValue | IppValue[]>): IppAttributes =>
  new Map(Object.entries(values).map(([name, value]) => [name, [value].flat()]));
const uri = 'ipps://printer.example.org/ipp/print';

describe('state of a printer in words', () => {
  test.each([
    ['none', undefined],
    ['media-empty-error', { stops: true, sentence: 'Out of cards: fill the feeder' }],
    ['media-empty-warning', { stops: true, sentence: 'Out of cards: fill the feeder' }],
    ['door-open-report', { stops: true, sentence: 'Cover open: close it' }],
    ['input-media-tray-feed-error', { stops: true, sentence: 'A card was not fed: check the feeder' }],
    ['input-media-tray-feed-error-warning', { stops: true, sentence: 'A card was not fed: check the feeder' }],
    ['marker-print-ribbon-empty', { stops: true, sentence: 'Ribbon empty: put in a new one' }],
    ['marker-supply-low-warning', { stops: false, sentence: 'Ribbon nearly empty' }],
    ['com.example-purring', undefined],
  ])('%s', (keyword, expected) => expect(gravestReason([keyword])).toEqual(expected));

  test('of many reasons the gravest is reported', () => {
    expect(gravestReason(['media-low', 'vendor-x', 'marker-supply-empty', 'cover-open'])?.sentence).toBe(
      'Cover open: close it',
    );
  });

  test.each([
    [{ 'printer-state': 3, 'printer-state-reasons': 'none', 'printer-is-accepting-jobs': true }, 'ready', null],
    [{ 'printer-state': 4, 'printer-state-reasons': 'marker-supply-low' }, 'ready', 'Ribbon nearly empty.'],
    [{ 'printer-state': 5, 'printer-state-reasons': 'none' }, 'paused', 'Stopped: look at the display of the printer.'],
    [{ 'printer-state': 5, 'printer-state-reasons': 'paused' }, 'paused', 'Paused: resume the printer.'],
    [{ 'printer-state': 3, 'printer-is-accepting-jobs': false }, 'paused', 'The queue accepts no jobs: switch it on.'],
  ])('%j is %s: %s', (printer, condition, message) => {
    expect(printerStatus(attributes(printer), null)).toEqual({ condition, message, supplies: {} });
  });

  test('supplies, as far as they are reported', () => {
    const printer = attributes({ 'marker-names': ['Ribbon', 'Film', 'Roller', 'Drum'], 'marker-levels': [40, -3, -2] });
    expect(printerStatus(printer, null).supplies).toEqual({
      Ribbon: '40 %',
      Film: 'some left',
      Roller: 'unknown',
      Drum: 'unknown',
    });
  });
});

describe('how a card is asked for', () => {
  const both = { 'sides-supported': ['one-sided', 'two-sided-short-edge'] };
  const medium = (media: string[], more: Record<string, string> = {}, settings = {}) => {
    const printer = attributes({ ...both, 'media-supported': media, ...more });
    const { attributes: asked } = cardJobAttributes(printer, ippSettings.parse({ uri, ...settings }));
    return asked.filter(({ name }) => name.startsWith('media')).map(({ name, value }) => (value === '' ? name : value));
  };
  test.each([
    [['iso_a4_210x297mm', 'om_card_54x86mm'], ['om_card_54x86mm']],
    [['iso_id-1_53.98x85.6mm'], ['iso_id-1_53.98x85.6mm']],
    [['oe_id-1_2.125x3.37in'], ['oe_id-1_2.125x3.37in']],
    [['om_business-card_55x85mm', 'a4', 'custom_max_54x86mm'], []],
  ])('of %j: %j', (media, expected) => expect(medium(media)).toEqual(expected));

  test('by its size where the printer takes sizes and the card is within them', () => {
    const takesSizes = { 'media-col-supported': 'media-size' };
    expect(medium(['custom_min_50x80mm', 'custom_max_100x200mm'], takesSizes)).toEqual(['media-col']);
    expect(medium(['custom_min_50x80mm', 'custom_max_100x200mm'])).toEqual([]);
    expect(medium(['custom_min_76x127mm', 'custom_max_216x356mm'], takesSizes)).toEqual([]);
    expect(medium(['om_card_54x86mm'], {}, { media: 'vendor-card' })).toEqual(['vendor-card']);
  });
});

describe('whether a printer would still know', () => {
  const known: PrinterMemory = { jobs: [], cutShort: false, upMs: 3_600_000, remembersMs: 60_000 };
  const ended = (endedAgoMs: number, name = 'x') => ({
    id: 1,
    name,
    state: 9,
    reasons: [],
    impressions: undefined,
    printerUpMs: undefined,
    endedAgoMs,
  });
  test.each([
    ['a call of just now', 1_000, known, true],
    ['a call that its history may have lost', 58_000, known, false],
    ['an old call, and a job listed that is older', 500_000, { ...known, jobs: [ended(600_000)] }, true],
    ['an old call, and only younger jobs listed', 500_000, { ...known, jobs: [ended(400_000)] }, false],
    ['switched on since', 20_000, { ...known, upMs: 15_000 }, false],
    ['does not say since when it is on', 1_000, { ...known, upMs: undefined }, false],
    ['more ended than listed', 1_000, { ...known, cutShort: true }, false],
    ['a young job whose name is hidden', 1_000, { ...known, jobs: [ended(500, '')] }, false],
    ['an old job whose name is hidden', 1_000, { ...known, jobs: [ended(600_000, '')] }, true],
  ])('%s', (_what, ageMs, memory, expected) => expect(wouldRemember(ageMs, memory)).toBe(expected));
});

describe('what a job became', () => {
  const remark = 'Printed with errors: look at the card';
  const key = { cardId: 'c', number: 2, orderId: null };
  const now = new Date('2026-01-02T03:04:05Z');
  const report = (state: number, ...reasons: string[]) =>
    reportOf(key, readJob(attributes({ 'job-id': 7, 'job-state': state, 'job-state-reasons': reasons })), uri, now);
  test.each([
    [3, [], { state: 'accepted', message: null }],
    [3, ['printer-stopped'], { state: 'accepted', message: 'The printer has stopped.' }],
    [4, [], { state: 'accepted', message: 'Held at the printer: release it there.' }],
    [5, ['job-printing'], { state: 'accepted', message: null }],
    [6, ['media-empty'], { state: 'accepted', message: 'Out of cards: fill the feeder.' }],
    [7, ['job-canceled-at-device'], { state: 'cancelled', reason: 'Cancelled at the printer.' }],
    [
      8,
      ['document-format-error'],
      { state: 'failed', code: 'document-format-error', reason: 'The printer cannot read the PDF.' },
    ],
    [8, [], { state: 'failed', code: 'aborted', reason: 'The printer gave it up.' }],
    [9, [], { state: 'produced', evidence: { jobId: 7, printer: uri } }],
    [9, ['job-completed-with-errors'], { state: 'produced', evidence: { jobId: 7, printer: uri, remark } }],
  ])('state %i %j', (state, reasons, expected) => {
    expect(report(state, ...reasons)).toEqual({ cardId: 'c', number: 2, orderId: '7', ...expected });
  });

  test("when it was made, by our clock and the printer's stopwatch", () => {
    const times = { 'job-printer-up-time': 100, 'time-at-completed': 95 };
    const job = attributes({ 'job-id': 7, 'job-state': 9, 'job-impressions-completed': 2, ...times });
    expect(reportOf(key, readJob(job), uri, now)).toMatchObject({
      evidence: { completedAt: '2026-01-02T03:04:00.000Z', impressions: 2 },
    });
  });
});

describe('settings', () => {
  test.each([
    [{ uri: 'http://printer.example.org/' }, 'uri'],
    [{ uri: 'ipp://cards:secret@printer.example.org/' }, 'uri'],
    [{ uri, letterPrinter: 'ipp://printer.example.org/' }, 'letterPrinter'],
    [{ uri: 'ipp://printer.example.org/', account: 'a' }, 'account'],
    [{ uri, remembersMs: 1 }, 'remembersMs'],
  ])('%j is refused at %s', (settings, at) => {
    const { error } = ippSettings.safeParse(settings);
    expect(error?.issues.map(({ path }) => path[0])).toContain(at);
  });

  test('an address alone will do; letters and passwords go over TLS or stay on the machine', () => {
    const usual = { timeLimits: { connect: 5_000, answer: 30_000 }, flip: 'short-edge', remembersMs: 60_000 };
    expect(ippSettings.parse({ uri: 'ipp://printer.example.org/ipp/print' })).toMatchObject(usual);
    for (const address of [uri, 'ipp://localhost/printers/cards', 'ipp://[::1]/printers/cards']) {
      ippSettings.parse({ uri: address, letterPrinter: address, account: 'a' });
    }
  });

  test.each([
    ['ipp://printer.example.org', { origin: 'http://printer.example.org:631', path: '/' }],
    [
      'ipps://printer.example.org:8443/ipp/print?x=1',
      { origin: 'https://printer.example.org:8443', path: '/ipp/print?x=1' },
    ],
  ])('%s is reached over HTTP', (address, expected) => expect(httpAddress(address)).toEqual(expected));
});
