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
}
