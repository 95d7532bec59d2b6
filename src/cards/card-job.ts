/** All that a backend needs to make one card; from the snapshot of what was approved, never from the current data of the holder. */
export interface CardJob {
  readonly cardId: string;
  readonly number: number;
  /** Ordered by a batch order: a card that was ordered by itself goes before it. */
  readonly inBatch: boolean;
  readonly cardType: string;
  readonly layout: LayoutReference;
  readonly elements: CardElements;
  readonly photo: { readonly contentType: string; readonly bytes: Buffer } | null;
  readonly chip: boolean;
  /** PIN and PUK in the clear, in memory only; null where the card type has no chip. */
  readonly secrets: { readonly pin: string; readonly puk: string } | null;
}

export interface LayoutReference {
  readonly layout: string;
  readonly version: number;
  /** The template itself: see `src/cards/layouts`. */
  readonly template: unknown;
}

/** The named fields that a layout can show. */
export interface CardElements {
  readonly name: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly employeeNumber: string;
  readonly department: string;
  readonly cardTypeName: string;
  readonly cardNumber: string;
  /** ISO date of the last day on which the card is valid, or null for no end. */
  readonly validUntil: string | null;
}
