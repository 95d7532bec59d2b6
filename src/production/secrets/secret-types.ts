/** The production order that secrets belong to: a repeat has a number of its own, and a PIN of its own. */
export interface SecretOrder {
  readonly cardId: string;
  /** Production number. */
  readonly number: number;
}

/** In memory only: never in a log, an error, a process variable or an answer. */
export interface ClearSecrets {
  readonly pin: string;
  readonly puk: string;
}
