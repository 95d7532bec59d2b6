import type { Role } from '../../domain/roles.js';
import type { RecordedChange } from './recorded-changes.js';

/** What the door does with a call besides signing it and sending it on. */
export type Handling =
  | 'sign-out'
  | 'submit-task-form'
  | 'submit-start-form'
  /** The person may name nobody but themself. */
  | 'own-name'
  /** Nothing but the follow-up date may change. */
  | 'follow-up-only'
  /** Made only if it is put on record, with the name of the person. */
  | RecordedChange
  /** The web applications' own start page gives way to ours. */
  | 'start-page';

/** One call of the web applications that the door lets through. The engine's authorization applies behind it. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** See `matchPath`. */
  readonly path: string;
  /** Any of these roles; without it, any signed-in person. */
  readonly roles?: readonly Role[];
  readonly handling?: Handling;
  /** What it is for. */
  readonly note: string;
}

const ENGINE = '/camunda/api/engine/engine/default';
const ACCOUNT = '/camunda/api/admin/auth/user/default';
const MEMBER = `${ENGINE}/group/:group/members/:account`;
const admin = { roles: ['admin'] } as const;

/** What every web application needs. */
const shared: readonly Call[] = [
  { method: 'GET', path: '/camunda', handling: 'start-page', note: 'Start page' },
  { method: 'GET', path: '/camunda/app/welcome/**', handling: 'start-page', note: 'Start page' },
  { method: 'GET', path: '/camunda/lib/**', note: 'Shared scripts' },
  { method: 'GET', path: '/camunda/assets/**', note: 'Fonts' },
  { method: 'GET', path: '/camunda/favicon.ico', note: 'Icon' },
  { method: 'GET', path: '/camunda/api/engine/engine', note: 'Names of the engines; hands out the CSRF token' },
  { method: 'GET', path: ACCOUNT, note: 'Who is signed in' },
  { method: 'POST', path: `${ACCOUNT}/logout`, handling: 'sign-out', note: 'Sign out' },
  { method: 'GET', path: `${ENGINE}/user/:id/profile`, note: 'Name of a person' },
];

/** One application's page, what it loads, and its plug-ins. Not `**`: the first-run setup is below the page. */
function application(name: string, restriction: Pick<Call, 'roles'> = {}): Call[] {
  const files = ['', '/:file', ...['scripts', 'styles', 'locales', 'opencards'].map((folder) => `/${folder}/**`)];
  return [...files.map((each) => `/camunda/app/${name}${each}`), `/camunda/api/${name}/plugin/**`].map((path) => ({
    method: 'GET',
    path,
    ...restriction,
    note: `What ${name} consists of`,
  }));
}

const tasklist: readonly Call[] = [
  ...application('tasklist'),
  { method: 'GET', path: `${ENGINE}/filter`, note: 'Filters that the person may see' },
  { method: 'GET', path: `${ENGINE}/filter/:id`, note: 'One filter' },
  { method: 'OPTIONS', path: `${ENGINE}/filter`, note: 'May filters be made' },
  { method: 'OPTIONS', path: `${ENGINE}/filter/:id`, note: 'May the filter be changed' },
  { method: 'POST', path: `${ENGINE}/filter/:id/list`, note: 'Tasks of a filter' },
  { method: 'POST', path: `${ENGINE}/filter/:id/count`, note: 'Number of tasks of a filter' },
  { method: 'GET', path: `${ENGINE}/process-definition`, note: 'Start list' },
  { method: 'GET', path: `${ENGINE}/process-definition/count`, note: 'Length of the start list' },
  { method: 'GET', path: `${ENGINE}/process-definition/:id`, note: 'Definition of a task' },
  { method: 'GET', path: `${ENGINE}/process-definition/:id/xml`, note: 'Diagram of a task' },
  { method: 'GET', path: `${ENGINE}/process-definition/:id/startForm`, note: 'Where the start form is' },
  { method: 'GET', path: `${ENGINE}/process-definition/:id/deployed-start-form`, note: 'Start form' },
  { method: 'GET', path: `${ENGINE}/process-definition/:id/form-variables`, note: 'Values of the start form' },
  {
    method: 'POST',
    path: `${ENGINE}/process-definition/:id/submit-form`,
    handling: 'submit-start-form',
    note: 'Start',
  },
  { method: 'GET', path: `${ENGINE}/task`, note: 'Next task after a start' },
  { method: 'GET', path: `${ENGINE}/task/:id`, note: 'Task' },
  { method: 'GET', path: `${ENGINE}/task/:id/form`, note: 'Where the form is' },
  { method: 'GET', path: `${ENGINE}/task/:id/deployed-form`, note: 'Form' },
  { method: 'GET', path: `${ENGINE}/task/:id/form-variables`, note: 'Values of the form' },
  { method: 'GET', path: `${ENGINE}/task/:id/comment`, note: 'Comments' },
  { method: 'GET', path: `${ENGINE}/task/:id/identity-links`, note: 'Candidates' },
  { method: 'POST', path: `${ENGINE}/task/:id/submit-form`, handling: 'submit-task-form', note: 'Complete' },
  { method: 'POST', path: `${ENGINE}/task/:id/claim`, handling: 'own-name', note: 'Claim' },
  { method: 'POST', path: `${ENGINE}/task/:id/unclaim`, note: 'Give back a claimed task' },
  { method: 'POST', path: `${ENGINE}/task/:id/comment/create`, note: 'Comment' },
  { method: 'PUT', path: `${ENGINE}/task/:id`, handling: 'follow-up-only', note: 'Follow-up date: postpone' },
  { method: 'GET', path: `${ENGINE}/history/user-operation`, note: 'History of a task' },
  { method: 'GET', path: `${ENGINE}/history/user-operation/count`, note: 'Length of the history' },
  { method: 'GET', path: `${ENGINE}/group`, note: 'Names of candidate groups' },
];

/** Queries of Cockpit and Admin that have a body; all of them only read. */
const queries = [
  ...[
    'process-instance',
    'history/process-instance',
    'history/task',
    'history/activity-instance',
    'history/variable-instance',
    'variable-instance',
    'task',
    'job',
    'external-task',
    'group',
  ].flatMap((name) => [`${ENGINE}/${name}`, `${ENGINE}/${name}/count`]),
  ...[
    'incident',
    'incident/count',
    'process-instance',
    'process-instance/count',
    'process-instance/:id/called-process-instances',
    'process-definition/:id/called-process-definitions',
  ].map((name) => `/camunda/api/cockpit/plugin/base/default/${name}`),
];

const cockpit: readonly Call[] = [
  ...application('cockpit', admin),
  { method: 'GET', path: `${ENGINE}/**`, ...admin, note: 'Reading of all kinds' },
  ...queries.map((path): Call => ({ method: 'POST', path, ...admin, note: 'Query' })),
  {
    method: 'PUT',
    path: `${ENGINE}/job/:id/retries`,
    ...admin,
    handling: 'retry-job',
    note: 'Try a job again',
  },
  {
    method: 'PUT',
    path: `${ENGINE}/external-task/:id/retries`,
    ...admin,
    handling: 'retry-external-task',
    note: 'Try an external task again',
  },
  {
    method: 'DELETE',
    path: `${ENGINE}/process-instance/:id`,
    ...admin,
    handling: 'cancel-instance',
    note: 'Cancel an instance',
  },
];

/** Groups of the organisation that diagrams name. Accounts and roles are looked after in the console. */
const organisation: readonly Call[] = [
  ...application('admin', admin),
  { method: 'OPTIONS', path: `${ENGINE}/**`, ...admin, note: 'What may be done' },
  { method: 'POST', path: `${ENGINE}/group/create`, ...admin, handling: 'create-group', note: 'New group' },
  { method: 'PUT', path: `${ENGINE}/group/:group`, ...admin, handling: 'change-group', note: 'Name of a group' },
  { method: 'DELETE', path: `${ENGINE}/group/:group`, ...admin, handling: 'remove-group', note: 'Remove a group' },
  { method: 'PUT', path: MEMBER, ...admin, handling: 'join-group', note: 'Into a group' },
  { method: 'DELETE', path: MEMBER, ...admin, handling: 'leave-group', note: 'Out of a group' },
];

/** The allow-list. Anything else is refused. */
export const calls: readonly Call[] = [...shared, ...tasklist, ...cockpit, ...organisation];
