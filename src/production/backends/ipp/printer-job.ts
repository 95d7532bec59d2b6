import { AnswerLost, type OrderKey, type Report } from '../backend.js';
import { numberOf, textsOf, type IppAttributes } from './ipp-answer.js';
import { gravestReason } from './printer-reasons.js';

/** What is asked of a job. */
export const jobAttributes = [
  'job-id',
  'job-name',
  'job-state',
  'job-state-reasons',
  'job-printer-up-time',
  'time-at-completed',
  'job-impressions-completed',
] as const;

/** Source: RFC 8011, 5.3.7. */
const states = { pending: 3, held: 4, processing: 5, stopped: 6, cancelled: 7, aborted: 8, completed: 9 } as const;

/** Why a job waits or has failed, in words. Source of the keywords: RFC 8011, 5.3.8. */
const reasonInWords: Readonly<Record<string, string>> = {
  'job-hold-until-specified': 'Held until a later time',
  'job-held-on-create': 'Held at the printer: release it there',
  'resources-are-not-ready': 'The printer lacks cards or a ribbon',
  'printer-stopped': 'The printer has stopped',
  'printer-stopped-partly': 'The printer has stopped in part',
  'job-canceled-by-user': 'Cancelled by its owner',
  'job-canceled-by-operator': 'Cancelled by an operator',
  'job-canceled-at-device': 'Cancelled at the printer',
  'aborted-by-system': 'The printer gave it up',
  'unsupported-compression': 'The printer cannot read the card',
  'compression-error': 'The printer cannot read the card',
  'unsupported-document-format': 'The printer does not take PDF',
  'document-format-error': 'The printer cannot read the PDF',
  'processing-to-stop-point': 'Being cancelled',
  'service-off-line': 'The printer is off line',
  'job-completed-with-errors': 'Printed with errors: look at the card',
  'job-completed-with-warnings': 'Printed with warnings: look at the card',
};

/** A job as a printer lists it. */
export interface PrinterJob {
  readonly id: number;
  /** Empty where the printer hides it, or keeps only id and state of a job that has ended, as RFC 8011 allows. */
  readonly name: string;
  readonly state: number;
  readonly reasons: readonly string[];
  readonly impressions: number | undefined;
  /** How long the printer has been on (ms); undefined when it does not say. */
  readonly printerUpMs: number | undefined;
  /** How long ago it ended (ms), by the printer's own clock; undefined while it has not. */
  readonly endedAgoMs: number | undefined;
}

/** @throws AnswerLost when the printer left out what makes a job a job: passed over, it could be the one that is sought */
export function readJob(attributes: IppAttributes): PrinterJob {
  const id = numberOf(attributes, 'job-id');
  const state = numberOf(attributes, 'job-state');
  if (id === undefined || state === undefined)
    throw new AnswerLost('The printer reported a job without its id or state.');
  const upTime = numberOf(attributes, 'job-printer-up-time');
  const completed = numberOf(attributes, 'time-at-completed');
  return {
    id,
    name: textsOf(attributes, 'job-name')[0] ?? '',
    state,
    reasons: textsOf(attributes, 'job-state-reasons').filter((reason) => reason !== 'none'),
    impressions: numberOf(attributes, 'job-impressions-completed'),
    printerUpMs: upTime === undefined ? undefined : upTime * 1_000,
    endedAgoMs: upTime === undefined || completed === undefined ? undefined : (upTime - completed) * 1_000,
  };
}

/** True for a job that ended without its card or letter. */
export const cameToNothing = ({ state }: PrinterJob): boolean => state === states.cancelled || state === states.aborted;

/** @param now for the time of completion: printers' own clocks are often wrong */
export function reportOf({ cardId, number }: OrderKey, job: PrinterJob, printerUri: string, now: Date): Report {
  const about = { cardId, number, orderId: String(job.id) };
  // A job's reasons may be those of its printer as well.
  const ofJob = job.reasons.map((reason) => reasonInWords[reason]).find((sentence) => sentence !== undefined);
  const words = gravestReason(job.reasons)?.sentence ?? ofJob;
  switch (job.state) {
    case states.completed:
      return { ...about, state: 'produced', evidence: evidenceOf(job, printerUri, now, words) };
    case states.aborted:
      return {
        ...about,
        state: 'failed',
        code: job.reasons[0] ?? 'aborted',
        reason: `${words ?? 'The printer gave it up'}.`,
      };
    case states.cancelled:
      return { ...about, state: 'cancelled', reason: words === undefined ? null : `${words}.` };
    case states.held:
      return { ...about, state: 'accepted', message: `${words ?? 'Held at the printer: release it there'}.` };
    case states.stopped:
      return {
        ...about,
        state: 'accepted',
        message: `${words ?? 'The printer has stopped in the middle of the card'}.`,
      };
    default:
      return { ...about, state: 'accepted', message: words === undefined ? null : `${words}.` };
  }
}

function evidenceOf(
  job: PrinterJob,
  printer: string,
  now: Date,
  words: string | undefined,
): Record<string, string | number> {
  return {
    jobId: job.id,
    printer,
    ...(job.endedAgoMs !== undefined && { completedAt: new Date(now.getTime() - job.endedAgoMs).toISOString() }),
    ...(job.impressions !== undefined && job.impressions > 0 && { impressions: job.impressions }),
    ...(words !== undefined && { remark: words }),
  };
}
