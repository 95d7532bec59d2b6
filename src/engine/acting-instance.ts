/** A process instance that does something about a card itself. */
export interface ActingInstance {
  readonly processInstanceId: string;
  readonly businessKey: string | null;
}
