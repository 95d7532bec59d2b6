import ipp, { type Attribute } from 'ipp-encoder';
import { AnswerLost } from '../backend.js';
import { numberOf, type IppAttributes } from './ipp-answer.js';
import { IppRefusal, type IppClient } from './ipp-client.js';
import { boolean, integer, jobName, keyword, mimeType, type IppRequest } from './ipp-request.js';
import { isNoSuchJob, isNotPossible } from './ipp-status.js';
import { jobAttributes, readJob, type PrinterJob } from './printer-job.js';
import { printerAttributes } from './printer-state.js';

const { CONSTANTS: code } = ipp;
const wanted = new Set([code.JOB_ATTRIBUTES_TAG, code.PRINTER_ATTRIBUTES_TAG]);

/** Most jobs that a printer is asked to list at once; some have thousands in their history. */
export const longestList = 500;

/**
 * The operations of one printer or queue. All of them throw BackendBusy, BackendDown and AnswerLost as the port has it;
 * `print` also IppRefusal.
 */
export class Printer {
  constructor(private readonly client: IppClient) {}

  async attributes(signal: AbortSignal): Promise<IppAttributes> {
    const requested = keyword('requested-attributes', printerAttributes);
    const answer = await this.ask({ operation: code.GET_PRINTER_ATTRIBUTES, operationAttributes: [requested] }, signal);
    return answer[0] ?? new Map();
  }

  /**
   * Prints a PDF once.
   * @returns the id of the job
   * @throws IppRefusal
   */
  async print(name: string, document: Buffer, attributes: readonly Attribute[], signal: AbortSignal): Promise<number> {
    const operationAttributes = [
      jobName(name),
      mimeType('document-format', 'application/pdf'),
      // The printer shall refuse what it cannot do as asked: one side too few would be a second card.
      boolean('ipp-attribute-fidelity', true),
    ];
    const request = {
      operation: code.PRINT_JOB,
      operationAttributes,
      jobAttributes: [integer('copies', 1), ...attributes],
      document,
    };
    const { groups } = await this.client.call(request, signal);
    const id = groups.map((group) => numberOf(group.attributes, 'job-id')).find((value) => value !== undefined);
    if (id === undefined) throw new AnswerLost('The printer took the job and reported no id.');
    return id;
  }

  /** @returns null when the printer has no job of this id, or no longer */
  async job(id: number, signal: AbortSignal): Promise<PrinterJob | null> {
    const operationAttributes = [integer('job-id', id), keyword('requested-attributes', jobAttributes)];
    try {
      const groups = await this.ask({ operation: code.GET_JOB_ATTRIBUTES, operationAttributes }, signal, isNoSuchJob);
      return readJob(groups[0] ?? new Map());
    } catch (error) {
      if (error instanceof IppRefusal) return null;
      throw error;
    }
  }

  /** Jobs of everybody: waiting ones in their order, ended ones with the newest first. At most `longestList`. */
  async jobs(which: 'completed' | 'not-completed', signal: AbortSignal): Promise<PrinterJob[]> {
    const operationAttributes = [
      integer('limit', longestList),
      keyword('requested-attributes', jobAttributes),
      keyword('which-jobs', which),
      boolean('my-jobs', false),
    ];
    const groups = await this.ask({ operation: code.GET_JOBS, operationAttributes }, signal);
    return groups.map(readJob);
  }

  /** The job with this name among those that the printer lists. */
  async jobNamed(name: string, signal: AbortSignal): Promise<PrinterJob | undefined> {
    const isIt = (job: PrinterJob): boolean => job.name === name;
    return (await this.jobs('not-completed', signal)).find(isIt) ?? (await this.jobs('completed', signal)).find(isIt);
  }

  /** Asks for a job not to be printed; one that has ended or is gone cannot be, which is no error. */
  async cancel(id: number, signal: AbortSignal): Promise<void> {
    const request = { operation: code.CANCEL_JOB, operationAttributes: [integer('job-id', id)] };
    const tooLate = (status: number): boolean => isNoSuchJob(status) || isNotPossible(status);
    try {
      await this.ask(request, signal, tooLate);
    } catch (error) {
      if (!(error instanceof IppRefusal)) throw error;
    }
  }

  /**
   * Asks something that changes no card.
   * @param expected statuses that the caller wants as IppRefusal; all others mean what they mean to the port
   * @returns the groups of jobs or of the printer
   */
  private async ask(
    request: IppRequest,
    signal: AbortSignal,
    expected: (status: number) => boolean = () => false,
  ): Promise<IppAttributes[]> {
    try {
      const { groups } = await this.client.call(request, signal);
      return groups.filter(({ tag }) => wanted.has(tag)).map(({ attributes }) => attributes);
    } catch (error) {
      throw error instanceof IppRefusal && !expected(error.status) ? error.asBackendError : error;
    }
  }
}
