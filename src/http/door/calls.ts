import type { Role } from '../../domain/roles.js';

/** What the door does with a call besides signing it and sending it on. */
export type Handling =
  | 'sign-out'
  | 'submit-task-form'
  | 'submit-start-form'
  /** The person may name nobody but themself. */
  | 'own-name'
  /** Nothing but the follow-up date may change. */
  | 'follow-up-only';

/** One call of the web applications that the door lets through. The engine's authorization applies behind it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** See `matchPath`. */
  readonly path: string;
  /** Any of these roles; without it, any signed-in person. */
  readonly roles?: readonly Role[];
  readonly handling?: Handling;
  /** Where the call comes from. */
  readonly note: string;
}

const ENGINE = '/camunda/api/engine/engine/default';
const ADMIN = '/camunda/api/admin/auth/user/default';
const admin = ['admin'] as const;

/** The allow-list. Anything else is refused. */
export const calls: readonly Call[] = [
  { method: 'POST', path: `${ADMIN}/logout`, handling: 'sign-out', note: 'Sign out' },
  { method: 'POST', path: `${ENGINE}/task/:id/submit-form`, handling: 'submit-task-form', note: 'Complete' },
  { method: 'POST', path: `${ENGINE}/process-definition/:id/submit-form`, handling: 'submit-start-form', note: 'Start' },
  { method: 'POST', path: `${ENGINE}/task/:id/claim`, handling: 'own-name', note: 'Claim' },
  { method: 'POST', path: `${ENGINE}/task/:id/unclaim`, note: 'Give back a claimed task' },
  { method: 'PUT', path: `${ENGINE}/task/:id`, handling: 'follow-up-only', note: 'Follow-up date: postpone' },
];

/** Sentences for calls that people may well try; what no entry names is refused in general words. */
export const explanations: readonly { readonly path: RegExp; readonly sentence: string }[] = [];
