/** Shapes of the `Json` variables that forms show. */

/** One match of a holder search. */
export interface HolderChoice {
  readonly id: string;
  readonly employeeNumber: string;
  readonly name: string;
  readonly email: string;
  readonly upn: string;
  readonly department: string;
  readonly state: string;
  /** With which the holder signs in here, if at all. */
  readonly account: string | null;
  /** Id of the newest photo at that moment, or null. */
  readonly photoId: string | null;
  /** Absolute address of that photo, or null where there is none. */
  readonly photoUrl: string | null;
}

/** What requesting a card type means at the moment a form is shown. */
export interface CardTypeOffer {
  /** Id of the card type. */
  readonly id: string;
  readonly name: string;
  /** Whether a photo is needed, in words. */
  readonly photo: string;
  /** Process key and version of the variant that applies; a submitted form must still match them. */
  readonly variantKey: string;
  readonly variantVersion: number;
  readonly variantName: string;
}

/** The three blocks an approver sees. */
export interface RequestView {
  readonly id: string;
  readonly cardType: string;
  readonly requestedAt: string;
  readonly holder: HolderChoice;
  readonly requester: { readonly account: string; readonly name: string; readonly department: string | null };
  /** The holder's account, and what it was before since the card was requested. */
  readonly accounts: string;
}

/** An approved card that can be issued, as the form shows it. */
export interface IssuableCard {
  readonly id: string;
  readonly cardType: string;
  readonly holder: HolderChoice;
  readonly requester: string;
  readonly requestedAt: string;
  /** Who approved it, in words where nobody had to. */
  readonly approver: string;
  readonly approvedAt: string;
  /** What is different now from what was approved; printed is what was approved. */
  readonly changes: readonly { readonly field: string; readonly approved: string; readonly now: string }[];
  readonly changed: boolean;
  /** What cannot be printed as it is, and what is cut off: rows of a table. */
  readonly unprintable: readonly { readonly sentence: string }[];
  readonly printable: boolean;
  /** Absolute addresses of the previews. */
  readonly frontUrl: string;
  readonly backUrl: string;
}

/** The card of a production that has failed, as the form shows it. */
export interface FailedProduction {
  readonly cardNumber: string;
  readonly holder: string;
  readonly employeeNumber: string;
  readonly cardType: string;
  /** How its backend stood when it failed, as a sentence. */
  readonly backend: string;
}

/** How a batch order stands, with its first rows that matter: chosen ones before it is ordered, failed ones afterwards. */
export interface BatchView {
  readonly id: string;
  readonly number: number;
  readonly label: string;
  readonly owner: string;
  readonly chosen: number;
  readonly skipped: number;
  readonly ordered: number;
  readonly produced: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly rows: readonly BatchViewRow[];
}

/** A row of a batch order, as a form lists it. */
export interface BatchViewRow {
  readonly ordinal: number;
  /** Ids, empty where there is none. */
  readonly card: string;
  readonly holderId: string;
  readonly holder: string;
  readonly employeeNumber: string;
  readonly department: string;
  readonly cardType: string;
  readonly reason: string;
}

/** A batch of requests that is put together: whom it is for, and who cannot get a card. */
export interface RequestBatchView extends BatchView {
  readonly skippedRows: readonly BatchViewRow[];
}

/** How many cards of a type are requested at this moment; a submitted form must still match it. */
export interface BatchVariant {
  readonly processKey: string;
  readonly version: number;
  readonly name: string;
}
