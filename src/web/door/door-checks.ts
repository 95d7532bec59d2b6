import type { CheckName } from '../../process/contract/index.js';
import type { SignedInUser } from '../signed-in-user.js';

/** A form that is being submitted, before the engine hears of it. */
export interface DoorCheckContext {
  readonly user: SignedInUser;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  /** Null for the form of a start event, and so are the two below. */
  readonly processInstanceId: string | null;
  readonly taskId: string | null;
  readonly taskDefinitionKey: string | null;
  /** What the person entered, by field; only fields of this very form. Lists are arrays. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** A variable as the task sees it, JSON parsed; undefined where there is none (always, at a start event). */
  readonly readVariable: (name: string) => Promise<unknown>;
}

/** A variable in the engine's words. */
export interface EngineVariable {
  readonly value: unknown;
  readonly type: string;
}

/** What a check that passes adds to the form. */
export interface CheckAnswer {
  readonly add: Readonly<Record<string, EngineVariable>>;
}

export type DoorCheck = (context: DoorCheckContext) => Promise<CheckAnswer>;

/** The answer of a check that adds nothing. */
export const pass: CheckAnswer = { add: {} };

/** A field that the person filled in, without blanks around it; empty where they did not. */
export function textField(fields: DoorCheckContext['fields'], name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** The checks of the contract. */
export interface DoorChecks {
  /**
   * Lets the form pass, with the variables that the contract lets this check add.
   * @throws ProductError with a sentence for the person who fills in the form, which stays open
   */
  run(name: CheckName, context: DoorCheckContext): Promise<CheckAnswer>;
}

/** Each check of the contract by its name; one that is missing does not compile. */
export function doorChecks(table: Readonly<Record<CheckName, DoorCheck>>): DoorChecks {
  return { run: (name, context) => table[name](context) };
}
