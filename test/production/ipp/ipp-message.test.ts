import { randomBytes } from 'node:crypto';
import ipp from 'ipp-encoder';
import { numberOf, readAnswer, textsOf } from '../../../src/production/backends/ipp/ipp-answer.js';
import {
  encodeRequest,
  integer,
  jobName,
  keyword,
  mediaOfSize,
} from '../../../src/production/backends/ipp/ipp-request.js';

const { CONSTANTS: code } = ipp;

const message = {
  statusCode: 0,
  requestId: 0x7fff_ffff,
  groups: [
    {
      tag: code.OPERATION_ATTRIBUTES_TAG,
      attributes: [{ tag: code.CHARSET, name: 'attributes-charset', value: 'utf-8' }],
    },
    {
      tag: code.PRINTER_ATTRIBUTES_TAG,
      attributes: [
        { tag: code.ENUM, name: 'printer-state', value: 5 },
        { tag: code.BOOLEAN, name: 'printer-is-accepting-jobs', value: false },
        { tag: code.KEYWORD, name: 'printer-state-reasons', value: ['media-empty-error', 'cover-open'] },
        { tag: code.NAME_WITHOUT_LANG, name: 'marker-names', value: ['Farbband für Ä\u0007\n'] },
        { tag: code.INTEGER, name: 'marker-levels', value: [40, -3] },
      ],
    },
  ],
};
const answer = ipp.response.encode(message, Buffer.alloc(ipp.response.encodingLength(message)));

describe('reading an answer', () => {
  test('reads what ipp-encoder writes', () => {
    const { status, requestId, groups } = readAnswer(answer);
    expect({ status, requestId }).toEqual({ status: 0, requestId: 0x7fff_ffff });
    const printer = groups[1]?.attributes ?? new Map();
    expect(numberOf(printer, 'printer-state')).toBe(5);
    expect(printer.get('printer-is-accepting-jobs')).toEqual([false]);
    expect(textsOf(printer, 'printer-state-reasons')).toEqual(['media-empty-error', 'cover-open']);
    expect(textsOf(printer, 'marker-names')).toEqual(['Farbband für Ä']);
    expect(printer.get('marker-levels')).toEqual([40, -3]);
  });

  test('passes over collections of any content, and reads what follows', () => {
    const attributes = [...mediaOfSize(5398, 8560), integer('job-id', 7), keyword('sides', ['a', 'b'])];
    const bytes = encodeRequest({ operation: 2, jobAttributes: attributes }, 1, 'ipp://printer.example.org/', 'me');
    const job = readAnswer(bytes).groups[1]?.attributes ?? new Map();
    expect(job.get('media-col')).toEqual([]);
    expect(numberOf(job, 'job-id')).toBe(7);
    expect(textsOf(job, 'sides')).toEqual(['a', 'b']);
  });

  test('every answer that ends too early is refused', () => {
    for (let length = 0; length < answer.length; length += 1) {
      expect(() => readAnswer(answer.subarray(0, length))).toThrow(RangeError);
    }
  });

  test('for any bytes it ends and throws nothing but RangeError', () => {
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(answer);
      const noise = randomBytes(12);
      for (let at = 0; at < 4; at += 1) bytes[noise.readUInt16BE(at * 2) % bytes.length] = noise[8 + at] ?? 0;
      try {
        readAnswer(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  });
});

test('a request carries what every request has, the document behind it', () => {
  const document = Buffer.from('%PDF-1.7');
  const request = { operation: code.PRINT_JOB, operationAttributes: [jobName('ä-1')], document };
  const bytes = encodeRequest(request, 3, 'ipp://printer.example.org/', 'me');
  const { version, operationId, requestId, groups } = ipp.request.decode(bytes) as unknown as Record<string, any>;
  expect({ version, operationId, requestId }).toEqual({
    version: { major: 1, minor: 1 },
    operationId: 2,
    requestId: 3,
  });
  const names = groups[0].attributes.map(({ name }: { name: string }) => name);
  expect(names).toEqual([
    'attributes-charset',
    'attributes-natural-language',
    'printer-uri',
    'job-name',
    'requesting-user-name',
  ]);
  expect(bytes.subarray(-document.length)).toEqual(document);
});
