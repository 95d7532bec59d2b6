import type { CardState } from '../domain/card-states.js';
import type { Decision } from '../domain/decisions.js';
import type { RequestState } from '../domain/request-states.js';

/** Everything that decides whether a card of a type can be requested for a holder at this moment. */
export interface Eligibility {
  readonly holder: {
    readonly id: string;
    readonly employeeNumber: string;
    readonly name: string;
    readonly email: string;
    readonly upn: string;
    readonly department: string;
    readonly state: string;
    readonly account: string | null;
    readonly hasPhoto: boolean;
  };
  readonly cardType: { readonly id: string; readonly name: string; readonly photoRequired: boolean };
  readonly enabled: boolean;
  /** The variant that applies to this card type; null where none was ever chosen. */
  readonly choice: {
    readonly definitionId: string;
    readonly processKey: string;
    readonly version: number;
    readonly name: string;
  } | null;
  /** Another open request for the same holder and card type. */
  readonly openRequestId: string | null;
}

/** Where a task of the engine runs. */
export interface RunningIn {
  readonly processInstanceId: string;
  readonly definitionId: string;
}

export interface RequestRow {
  readonly id: string;
  readonly state: RequestState;
  readonly reason: string | null;
  readonly requester: string;
  readonly source: 'tasklist' | 'api';
  readonly definitionId: string;
  readonly processInstanceId: string | null;
  /** The batch order that it belongs to; such a request has no instance of its own. */
  readonly batchId: string | null;
  readonly cardId: string | null;
  readonly cardType: string;
  readonly cardTypeName: string;
  readonly holderId: string;
  readonly holderName: string;
  readonly holderAccount: string | null;
  /** Every account of the card holder since the request was made, in their order; null where there was none. */
  readonly holderAccounts: readonly (string | null)[];
  readonly createdAt: Date;
  readonly decideBefore: Date | null;
  readonly processKey: string;
  readonly processVersion: number;
}

/** A request as the API and the pages show it; times are ISO 8601. */
export interface RequestDetails {
  readonly id: string;
  readonly state: RequestState;
  readonly reason: string | null;
  readonly requester: string;
  readonly holder: {
    readonly id: string;
    readonly employeeNumber: string;
    readonly name: string;
    readonly department: string;
  };
  readonly cardType: { readonly id: string; readonly name: string };
  readonly card: { readonly id: string; readonly state: CardState; readonly number: string | null } | null;
  readonly decision: {
    readonly decision: Decision;
    readonly cause: 'approver' | 'time-limit';
    readonly approver: string | null;
    /** Where several people had to approve: all of them, in their order. */
    readonly approvals: { readonly approver: string; readonly approvedAt: string }[];
    readonly reason: string | null;
    readonly decidedAt: string;
  } | null;
  readonly variant: string;
  readonly processDefinitionKey: string;
  readonly processDefinitionVersion: number;
  readonly processInstanceId: string | null;
  /** The batch order that it belongs to, in which it is decided; null where it was requested by itself. */
  readonly batchOrder: { readonly id: string; readonly number: number } | null;
  readonly decideBefore: string | null;
  readonly createdAt: string;
  readonly registeredAt: string | null;
  readonly endedAt: string | null;
}
