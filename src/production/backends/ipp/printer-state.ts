import type { BackendStatus } from '../backend.js';
import { numberOf, textsOf, type IppAttributes } from './ipp-answer.js';
import { gravestReason } from './printer-reasons.js';

/** What is asked of a printer before each card. */
export const printerAttributes = [
  'printer-state',
  'printer-state-reasons',
  'printer-is-accepting-jobs',
  'printer-up-time',
  'document-format-supported',
  'media-supported',
  'media-col-supported',
  'sides-supported',
  'print-scaling-supported',
  'marker-names',
  'marker-levels',
] as const;

/** Source: RFC 8011, 5.4.11. */
const stopped = 5;
/** More supplies than these are no card printer's. */
const mostSupplies = 16;

/** `marker-levels`: per cent, or this for "some, but I cannot measure it". Source: RFC 3805, prtMarkerSuppliesLevel. */
const someLeft = -3;

/** State and supplies of a printer in words; `needs` is what keeps it from ever printing what we send, if anything does. */
export function printerStatus(printer: IppAttributes, needs: string | null): BackendStatus {
  const reason = gravestReason(textsOf(printer, 'printer-state-reasons'));
  const supplies = suppliesOf(printer);
  const paused = (message: string): BackendStatus => ({ condition: 'paused', message: `${message}.`, supplies });
  if (reason?.stops === true) return paused(reason.sentence);
  if (numberOf(printer, 'printer-state') === stopped) return paused('Stopped: look at the display of the printer');
  if (printer.get('printer-is-accepting-jobs')?.[0] === false) return paused('The queue accepts no jobs: switch it on');
  if (needs !== null) return paused(needs);
  return { condition: 'ready', message: reason === undefined ? null : `${reason.sentence}.`, supplies };
}

function suppliesOf(printer: IppAttributes): Record<string, string> {
  const levels = printer.get('marker-levels') ?? [];
  const names = textsOf(printer, 'marker-names').slice(0, mostSupplies);
  return Object.fromEntries(names.map((name, at) => [name.slice(0, 80), levelInWords(levels[at])]));
}

function levelInWords(level: unknown): string {
  if (level === someLeft) return 'some left';
  return typeof level === 'number' && level >= 0 && level <= 100 ? `${level} %` : 'unknown';
}
