import type { BatchKind, BatchRowState, BatchState } from '../domain/batch-states.js';
import type { Decision } from '../domain/decisions.js';

/** Most rows of one batch order. */
export const largestBatch = 20_000;

/** Which approved cards a batch order is to issue; without any member, all of them. */
export interface IssueFilter {
  readonly cardType?: string | undefined;
  /** Department of the holder, in full; upper and lower case are the same. */
  readonly department?: string | undefined;
  /** ISO 8601: only cards whose request was approved before this moment. */
  readonly approvedBefore?: string | undefined;
  /** Words that the holders are found by: names, employee number, UPN or e-mail. */
  readonly search?: string | undefined;
  /** Ids of cards that are left out. */
  readonly except?: readonly string[] | undefined;
}

/** For which active card holders cards are requested together; without any member, for all of them. */
export interface HolderFilter {
  /** As in `IssueFilter`. */
  readonly department?: string | undefined;
  readonly search?: string | undefined;
  /** Ids of card holders who are left out. */
  readonly except?: readonly string[] | undefined;
}

/**
 * How many rows there are. `chosen` counts all of them, and `ordered` each row that was put into production or registered as
 * a request, including those that have ended since. Rows of `ordered` that have not succeeded, failed or been withdrawn are
 * still under way.
 */
export type BatchCounts = Readonly<Record<BatchRowState, number>>;

/** A batch order as the API shows it; times are ISO 8601. */
export interface BatchDetails {
  readonly id: string;
  /** What people call it. */
  readonly number: number;
  readonly kind: BatchKind;
  readonly label: string;
  readonly owner: string;
  readonly state: BatchState;
  readonly round: number;
  /** Null where the rows were named one by one. */
  readonly filter: IssueFilter | HolderFilter | null;
  /** Id of the card type that all are to get; null where each card has its own. */
  readonly cardType: string | null;
  readonly counts: BatchCounts;
  readonly firstFailure: BatchRow | null;
  /** Seconds left in this round at its average speed so far; null until the first result. */
  readonly secondsLeft: number | null;
  readonly createdAt: string;
  readonly roundBeganAt: string | null;
  readonly endedAt: string | null;
}

/** One card or holder of a batch order. */
export interface BatchRow {
  /** Place in the list, from 1. */
  readonly ordinal: number;
  readonly state: BatchRowState;
  readonly requestId: string | null;
  readonly cardId: string | null;
  readonly cardNumber: string | null;
  readonly holder: {
    readonly id: string;
    readonly employeeNumber: string;
    readonly name: string;
    readonly department: string;
  } | null;
  readonly cardType: string | null;
  /** What was asked for, where it names no card or holder. */
  readonly namedAs: string | null;
  /** Production number of the last production that the batch order has ordered. */
  readonly productionNumber: number | null;
  /** Why it was skipped, what its production failed of, or why its request was rejected or aborted. */
  readonly code: string | null;
  readonly reason: string | null;
}

/** A batch order as the functions that move it need it. */
export interface BatchHead {
  readonly id: string;
  readonly kind: BatchKind;
  readonly owner: string;
  /** Id of the card type that all are to get; null where each card has its own. */
  readonly cardType: string | null;
  /** Where its requests come from; null where it has none. */
  readonly source: 'tasklist' | 'api' | null;
  readonly state: BatchState;
  readonly round: number;
  readonly orderedBy: string | null;
  readonly definitionId: string | null;
  readonly processInstanceId: string | null;
}

/** A row that is rejected although the others are approved. */
export interface Exception {
  /** Place in the list. */
  readonly row: number;
  readonly reason: string;
}

/** What a person decided about a batch of requests: `approve` means all but the exceptions, `reject` all of them. */
export interface BatchDecision {
  readonly decision: Decision;
  readonly reason: string | null;
  readonly exceptions: readonly Exception[];
}
