import { z } from 'zod';
import { settingTexts } from '../backend-kind.js';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

const printerUri = z
  .string()
  .refine(isPrinterUri, 'must be an address such as ipps://printer.example.org/ipp/print, without a password');

/**
 * Settings of a backend of the kind `ipp`; its secret, `password`, is not in the database. Times are in milliseconds.
 */
export const ippSettings = z
  .strictObject({
    /** The queue at CUPS (`ipps://cups.example.org/printers/cards`) or the printer itself (`…/ipp/print`). */
    uri: printerUri.clone().register(settingTexts, {
      label: 'Address of the queue or printer',
      hint: 'For example ipps://printer.example.org/ipp/print.',
      address: true,
    }),
    /** A second printer, for paper: PIN letters. Without one this backend prints none. */
    letterPrinter: printerUri
      .optional()
      .register(settingTexts, { label: 'Printer of PIN letters', hint: 'Empty: it prints no letters.', address: true }),
    /** `requesting-user-name`. CUPS hides the names of other people's jobs, so it stays the same for good. */
    user: z.string().min(1).max(127).default('open-card-requests').register(settingTexts, {
      label: 'Name of the jobs’ owner',
      hint: 'Empty for open-card-requests. It stays the same for good.',
    }),
    /** HTTP Basic: an account whose password is the backend's secret `password`. */
    account: z.string().min(1).optional().register(settingTexts, {
      label: 'Account at the printer',
      hint: 'Its password is kept in the file of backend secrets.',
    }),
    /** PEM of the certificate that signs the printer's, where no public authority does. Printers mostly sign their own. */
    certificate: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional().register(settingTexts, {
      label: 'Certificate that signs the printer’s',
      hint: 'PEM; empty where a public authority signs it.',
      long: true,
      key: true,
    }),
    /** The edge about which the card is turned for its back. */
    flip: z
      .enum(['short-edge', 'long-edge'])
      .default('short-edge')
      .register(settingTexts, {
        label: 'Turned for its back about',
        choices: { 'short-edge': 'the short edge', 'long-edge': 'the long edge' },
      }),
    /** The printer's own keyword for a CR80 card, where its name contains no size. */
    media: z.string().min(1).max(255).optional().register(settingTexts, {
      label: 'Keyword of the printer for a card',
      hint: 'Empty where the printer names its sizes.',
    }),
    timeLimits: z
      .strictObject({
        connect: z.int().min(100).max(60_000).default(5_000),
        /** For a whole call, its answer included. */
        answer: z.int().min(100).max(300_000).default(30_000),
      })
      .prefault({}),
    /** See `ProductionBackend.mostWaiting`: printers work off their jobs in turn. */
    mostWaiting: z
      .int()
      .min(1)
      .max(1_000)
      .default(20)
      .register(settingTexts, { label: 'Most cards that wait at the backend' }),
    /** How long the printer is sure to list a job that has ended. */
    remembersMs: z.int().min(30_000).default(60_000),
  })
  .refine(({ letterPrinter }) => letterPrinter === undefined || isPrivate(letterPrinter), {
    path: ['letterPrinter'],
    message: 'must be ipps:// (a letter holds a PIN), unless it is a queue on this machine',
  })
  .refine(({ account, uri, letterPrinter }) => account === undefined || [uri, letterPrinter ?? uri].every(isPrivate), {
    path: ['account'],
    message: 'needs ipps:// (its password could be read on its way), unless it is a queue on this machine',
  });

export type IppSettings = z.infer<typeof ippSettings>;

/** The port of IPP, with and without TLS. Source: RFC 3510, RFC 7472. */
const ippPort = 631;

/** Where a printer is reached over HTTP; `ipp` is HTTP on another port. */
export function httpAddress(uri: string): { readonly origin: string; readonly path: string } {
  const { protocol, hostname, port, pathname, search } = new URL(uri);
  return {
    origin: `${protocol === 'ipps:' ? 'https' : 'http'}://${hostname}:${port === '' ? ippPort : port}`,
    path: `${pathname === '' ? '/' : pathname}${search}`,
  };
}

function isPrinterUri(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return ['ipp:', 'ipps:'].includes(protocol) && hostname !== '' && username === '' && password === '';
}

function isPrivate(uri: string): boolean {
  if (!isPrinterUri(uri)) return true;
  const { protocol, hostname } = new URL(uri);
  return protocol === 'ipps:' || loopback.has(hostname);
}
