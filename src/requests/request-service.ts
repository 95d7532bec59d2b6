import { decisions, type Decision } from '../domain/decisions.js';
import type { Knex } from '../kernel/db/database.js';
import { ProductError } from '../kernel/errors.js';
import { abortRequest } from './request-abort.js';
import { refusalByState } from './decision-refusals.js';
import { fingerprintOf, readRequestContent } from './request-content.js';
import { reasonMissing, refuseInactive, refuseSelfApproval } from './request-decision.js';
import { getRequest, listTransitions, type TransitionRow } from './request-reading.js';
import { reserveRequest, type Reservation } from './request-registration.js';
import type { CurrentStep, RequestTasks } from './request-tasks.js';
import type { RequestDetails, RequestRow } from './request-types.js';

export interface RequestStory extends RequestDetails {
  readonly currentStep: CurrentStep | null;
  readonly transitions: TransitionRow[];
}

/** How long a decision waits for the worker to record it before the answer says "accepted" (ms). */
const recordedWithinMs = 3_000;
const lookEveryMs = 25;

/** What people and programs do with requests outside Tasklist. Opens the transactions. */
export class RequestService {
  constructor(
    private readonly db: Knex,
    private readonly tasks: RequestTasks,
  ) {}

  /** See `reserveRequest`. */
  reserve(reservation: Reservation): Promise<{ id: string; repeated: boolean }> {
    return this.db.transaction((trx) => reserveRequest(trx, reservation));
  }

  /** A request with where it stands and what happened. @throws ProductError `not-found` */
  async story(id: string): Promise<RequestStory> {
    const details = await getRequest(this.db, id);
    const [currentStep, transitions] = await Promise.all([
      this.tasks.currentStep(details),
      listTransitions(this.db, id),
    ]);
    return { ...details, currentStep, transitions };
  }

  /** See `abortRequest`. */
  async abort(user: string, id: string, reason: string | null, isAdmin = false): Promise<RequestStory> {
    await this.db.transaction((trx) => abortRequest(trx, user, id, reason, isAdmin));
    return this.story(id);
  }

  /**
   * Decides in the name of `user` and waits a little for the decision to be recorded, unless others have to approve too.
   * @returns the story, and whether the decision is on record already
   * @throws ProductError `self-approval`, `approved-already`, `reason-missing`, `already-decided`, `not-requested`, `holder-inactive`, `forbidden`, `not-found`
   */
  async decide(
    user: string,
    id: string,
    decision: Decision,
    reason: string | null,
  ): Promise<{ recorded: boolean; story: RequestStory }> {
    const request = await this.assertMayDecide(user, id, decision, reason);
    const seenContent = fingerprintOf(await readRequestContent(this.db, id));
    const { othersFollow } = await this.tasks.decide(user, request, { decision, reason, seenContent });
    if (othersFollow) return { recorded: false, story: await this.story(id) };
    const deadline = Date.now() + recordedWithinMs;
    for (;;) {
      const { state } = await getRequest(this.db, id);
      if (state !== 'requested') return { recorded: true, story: await this.story(id) };
      if (Date.now() > deadline) return { recorded: false, story: await this.story(id) };
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  /** @throws ProductError `already-decided`, `not-requested`, `forbidden`, `not-found`, or `invalid-request` for a date that has passed */
  async postpone(user: string, id: string, until: Date): Promise<RequestStory> {
    if (until.getTime() <= Date.now()) throw new ProductError('invalid-request', 'Postpone to a date in the future.');
    const request = await this.waiting(id);
    await this.tasks.postpone(user, request, until);
    return this.story(id);
  }

  /** The check of a decision before it is made: separation of duties, reason, an active holder, and that it still waits. */
  async assertMayDecide(
    user: string,
    id: string,
    decision: string | undefined,
    reason: string | null | undefined,
  ): Promise<RequestDetails> {
    if (!(decisions as readonly unknown[]).includes(decision)) {
      throw new ProductError('invalid-request', 'Choose Approve or Reject.');
    }
    const request = await this.waiting(id);
    const { name } = request.holder;
    const { state, holderAccounts } = await this.db('card_request as r')
      .join('holder as h', 'h.id', 'r.holder_id')
      .where('r.id', id)
      .first<Pick<RequestRow, 'holderAccounts'> & { state: string }>({
        state: 'h.state',
        holderAccounts: 'r.holder_accounts',
      });
    refuseSelfApproval(user, { requester: request.requester, holderAccounts });
    if (decision === 'approve') refuseInactive({ state, name });
    if (decision === 'reject' && (reason ?? '').trim() === '') throw reasonMissing();
    return request;
  }

  private async waiting(id: string): Promise<RequestDetails> {
    const request = await getRequest(this.db, id);
    const refusal = refusalByState(request);
    if (refusal !== null) throw refusal;
    return request;
  }
}
