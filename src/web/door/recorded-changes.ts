import { z } from 'zod';
import { groups, technicalAccounts } from '../../domain/roles.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import { ProductError } from '../../kernel/errors.js';

/** A change that administrators make in Cockpit or Admin, as the audit log records it. */
export interface ChangeRow {
  readonly actor: string;
  readonly action:
    | 'job-retried'
    | 'external-task-retried'
    | 'instance-cancelled'
    | 'group-created'
    | 'group-changed'
    | 'group-removed'
    | 'group-member-added'
    | 'group-member-removed';
  readonly objectType: 'process' | 'group';
  readonly objectId: string;
  readonly processKey?: string;
  readonly processVersion?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a change and puts it on record.
 * @param change says whether it was made; where that stays unknown, it throws
 * @throws what `change` throws, and the database's error, in which case the change was not made
 */
export type RecordChange = (row: ChangeRow, change: () => Promise<boolean>) => Promise<void>;

/** What is asked of the engine, and the row for it. */
export interface PlannedChange {
  readonly row: Omit<ChangeRow, 'actor'>;
  /** Written anew from what was read; undefined for none. */
  readonly body?: unknown;
}

type Params = Readonly<Record<string, string>>;

/** The engine's own group of those who may do everything; only technical accounts are in it. */
const ENGINE_ADMINISTRATORS = 'camunda-admin';

/** Most attempts that a job or a task is given at once. */
const mostRetries = 10;

const retriesSchema = z.object({ retries: z.int().min(1).max(mostRetries) });
const groupSchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string().max(255).nullish(),
  type: z.string().max(255).nullish(),
});

/** Each change by the name that the allow-list gives it. */
const plans = {
  'retry-job': (engine: EngineClient, { id = '' }: Params, body: unknown) => retry(engine, 'job', id, body),
  'retry-external-task': (engine: EngineClient, { id = '' }: Params, body: unknown) =>
    retry(engine, 'external-task', id, body),
  'cancel-instance': async (engine: EngineClient, { id = '' }: Params) => {
    const { definitionId } = await read<{ definitionId: string }>(
      engine,
      `/process-instance/${encodeURIComponent(id)}`,
    );
    return {
      row: {
        action: 'instance-cancelled',
        objectType: 'process',
        objectId: id,
        ...(await definitionOf(engine, definitionId)),
      },
    };
  },
  'create-group': async (_engine: EngineClient, _params: Params, body: unknown) => {
    const group = readBody(groupSchema, body, 'A group has an id, a name and a type.');
    return { row: groupRow('group-created', group.id), body: group };
  },
  'change-group': async (_engine: EngineClient, { group = '' }: Params, body: unknown) => {
    // The engine would take the id from the body, and so change another group.
    const changed = readBody(groupSchema, { ...Object(body), id: group }, 'A group has an id, a name and a type.');
    return { row: groupRow('group-changed', group), body: changed };
  },
  'remove-group': async (_engine: EngineClient, { group = '' }: Params) => ({ row: groupRow('group-removed', group) }),
  'join-group': async (_engine: EngineClient, params: Params) => membership('group-member-added', params),
  'leave-group': async (_engine: EngineClient, params: Params) => membership('group-member-removed', params),
} as const satisfies Record<string, (engine: EngineClient, params: Params, body: unknown) => Promise<PlannedChange>>;

export type RecordedChange = keyof typeof plans;

export function isRecorded(handling: string | undefined): handling is RecordedChange {
  return handling !== undefined && Object.hasOwn(plans, handling);
}

/**
 * What a change is about, before it is made.
 * @param params of the call's path
 * @throws ProductError `forbidden` for what the installation stands on, `invalid-request`, `not-found`
 */
export function planChange(
  change: RecordedChange,
  engine: EngineClient,
  params: Params,
  body: unknown,
): Promise<PlannedChange> {
  return plans[change](engine, params, body);
}

async function retry(
  engine: EngineClient,
  kind: 'job' | 'external-task',
  id: string,
  body: unknown,
): Promise<PlannedChange> {
  const { retries } = readBody(retriesSchema, body, `Attempts are a number from 1 to ${mostRetries}.`);
  const found = await read<{ processInstanceId: string; processDefinitionId: string }>(
    engine,
    `/${kind}/${encodeURIComponent(id)}`,
  );
  return {
    row: {
      action: `${kind}-retried`,
      objectType: 'process',
      objectId: found.processInstanceId,
      ...(await definitionOf(engine, found.processDefinitionId)),
      details: { id, retries },
    },
    body: { retries },
  };
}

async function definitionOf(engine: EngineClient, id: string) {
  const { key, version } = await read<{ key: string; version: number }>(
    engine,
    `/process-definition/${encodeURIComponent(id)}`,
  );
  return { processKey: key, processVersion: version };
}

async function read<T>(engine: EngineClient, path: string): Promise<T> {
  try {
    return await engine.call<T>({ user: technicalAccounts.server, path });
  } catch (raw) {
    if (!isEngineError(raw, 404)) throw raw;
    throw new ProductError('not-found', 'The process engine has no such thing any more.', {}, { cause: raw });
  }
}

function readBody<T extends z.ZodType>(schema: T, body: unknown, sentence: string): z.output<T> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ProductError('invalid-request', sentence);
  return parsed.data;
}

function membership(action: 'group-member-added' | 'group-member-removed', { group = '', account = '' }: Params) {
  if ((Object.values(groups) as readonly string[]).includes(group))
    throw new ProductError(
      'forbidden',
      'Roles are given and taken away in the console, at /console/accounts, or with: npm run cards -- accounts set-roles.',
    );
  assertNotOurs(account, Object.values(technicalAccounts));
  return { row: { ...groupRow(action, group), details: { member: account } } };
}

/** @throws ProductError `forbidden` for groups that roles and technical accounts stand on */
function groupRow<A extends ChangeRow['action']>(action: A, id: string) {
  assertNotOurs(id, [...Object.values(groups), ENGINE_ADMINISTRATORS]);
  return { action, objectType: 'group', objectId: id } as const;
}

function assertNotOurs(id: string, fixed: readonly string[]): void {
  if (fixed.includes(id))
    throw new ProductError('forbidden', `${id} belongs to the installation and is not changed here.`);
}
