import { orderKeyText, type OrderKey } from '../backend.js';
import type { PrinterJob } from './printer-job.js';

/** For clocks that differ and times in whole seconds (ms). */
const margin = 5_000;

/**
 * Whether a job that has the id of an order is that order: by its name, and where the printer reports none, because the
 * printer has been on ever since. One that was switched off gives its ids anew: what has this id now may be another card.
 * @param now in milliseconds
 */
export function isJobOf(key: OrderKey, { name, printerUpMs }: PrinterJob, now: number): boolean {
  if (name !== '') return name === orderKeyText(key);
  return key.calledAt !== undefined && printerUpMs !== undefined && printerUpMs > now - key.calledAt.getTime() + margin;
}

/** What is known of how far back a printer remembers. Times in milliseconds. */
export interface PrinterMemory {
  /** All that it lists, waiting and ended. */
  readonly jobs: readonly PrinterJob[];
  /** Whether more have ended than it was asked to list. */
  readonly cutShort: boolean;
  /** Since the printer was switched on; undefined when it does not say. */
  readonly upMs: number | undefined;
  /** How long it is sure to list a job that has ended. */
  readonly remembersMs: number;
}

/**
 * Whether a printer that does not list a job can be believed never to have had it. It can when it still lists a job that
 * ended before ours was sent (the oldest are forgotten first), or when that was so short a time ago that neither
 * its history nor a restart can have taken ours away. In doubt it cannot: the card may lie in the output tray.
 * @param ageMs how long ago the job was sent, if at all
 */
export function wouldRemember(ageMs: number, { jobs, cutShort, upMs, remembersMs }: PrinterMemory): boolean {
  const oldest = ageMs + margin;
  const endedBefore = ({ endedAgoMs }: PrinterJob): boolean => endedAgoMs !== undefined && endedAgoMs > oldest;
  // One without a name could be ours: CUPS hides the names of what it takes for other people's jobs.
  if (jobs.some((job) => job.name === '' && !endedBefore(job))) return false;
  if (jobs.some(endedBefore)) return true;
  return !cutShort && upMs !== undefined && upMs > oldest && remembersMs > oldest;
}
