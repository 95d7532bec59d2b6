import type { Knex, Transaction } from '../../kernel/db/database.js';
import { appendAudit } from '../../records/index.js';
import { deliveryWays, type DeliveryWay } from '../../domain/secret-delivery.js';
import { durationSeconds } from '../../domain/duration.js';
import { ProductError } from '../../kernel/errors.js';

/** What a value may be; from it come the rule in the API's description, and the field that a page shows. */
export type OptionInput =
  /** Whole seconds, as ISO 8601; both ends included. */
  | { readonly kind: 'duration'; readonly least: string; readonly most: string; readonly orNone: boolean }
  /** Whole numbers, both ends included. */
  | {
      readonly kind: 'number';
      readonly least: number;
      readonly most: number;
      readonly unit: 'days' | 'digits';
      readonly orNone: boolean;
    }
  | { readonly kind: 'choice'; readonly choices: readonly (string | number)[] };

interface OptionContract {
  readonly help: string;
  /** Which work takes a new value, and which keeps the one before. */
  readonly touches: string;
  readonly default: unknown;
  readonly input: OptionInput;
}

const days = (least: number, orNone: boolean) =>
  ({ kind: 'number', least, most: 3_650, unit: 'days', orNone }) as const;
const fromNow = 'Cards that are produced from now on take it; PINs and PUKs that are made already stay as they are.';

/** What an administrator may set, with defaults and what each value may be. */
export const options = {
  'approval-time-limit': {
    help: 'How long an approver has, as an ISO 8601 duration such as P3D or PT8H; none: no limit.',
    touches: 'New requests take it; registered requests keep the limit that they were registered with.',
    default: null,
    input: { kind: 'duration', least: 'PT1S', most: 'P3650D', orNone: true },
  },
  'pin-length': {
    help: 'Digits of a PIN, 4 or 6.',
    touches: fromNow,
    default: 6,
    input: { kind: 'choice', choices: [4, 6] },
  },
  'puk-length': {
    help: 'Digits of a PUK, 8 to 12.',
    touches: fromNow,
    default: 8,
    input: { kind: 'number', least: 8, most: 12, unit: 'digits', orNone: false },
  },
  'pin-delivery': {
    help: 'How card holders get their PIN: print (a letter), e-mail or none.',
    touches: fromNow,
    default: 'print',
    input: { kind: 'choice', choices: deliveryWays },
  },
  'puk-delivery': {
    help: 'How card holders get their PUK: print (a letter), e-mail or none.',
    touches: fromNow,
    default: 'none',
    input: { kind: 'choice', choices: deliveryWays },
  },
  'request-data-days': {
    help: 'Days after which personal data of an ended request is erased, 30 to 3650; none: kept.',
    touches: 'Holds for all requests at once, also for those that ended before.',
    default: 365,
    input: days(30, true),
  },
  'card-data-days': {
    help: 'Days after which personal data of a card that is at its end is erased, 30 to 3650; none: kept.',
    touches: 'Holds for all cards at once, also for those that came to their end before.',
    default: 365,
    input: days(30, true),
  },
  'second-administrator': {
    help: 'How long role grants, addresses and keys of backends, and changes of use cases wait for a second administrator to confirm them, as an ISO 8601 duration such as P3D; none: nobody has to.',
    touches:
      'Holds for changes from now on; what waits already keeps its time. While it is set, changing it has to be confirmed, too.',
    default: null,
    input: { kind: 'duration', least: 'PT1H', most: 'P30D', orNone: true },
  },
  'role-conflicts': {
    help: 'Whether roles that do not go together are shown or refused when an account is given them.',
    touches: 'Holds for changes of roles from now on; accounts that have such roles already keep them, and are shown.',
    default: 'shown',
    input: { kind: 'choice', choices: ['shown', 'refused'] },
  },
  'engine-history-days': {
    help: 'Days for which the process engine remembers what has ended, 1 to 3650.',
    touches: 'Holds for everything that it remembers now.',
    default: 30,
    input: days(1, false),
  },
} as const satisfies Record<string, OptionContract>;

export type OptionName = keyof typeof options;

export interface OptionValue extends OptionContract {
  readonly name: OptionName;
  readonly value: unknown;
  /** Who set it last; null where nobody ever did. */
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
}

interface StoredOption {
  readonly name: string;
  readonly value: unknown;
  readonly changed_by: string;
  readonly changed_at: Date;
}

/** Every option with its current value. */
export async function listOptions(db: Knex): Promise<OptionValue[]> {
  const rows = await db('product_option').select<StoredOption[]>('name', 'value', 'changed_by', 'changed_at');
  const stored = new Map(rows.map((row) => [row.name, row]));
  return (Object.keys(options) as OptionName[]).map((name) => optionValue(name, stored.get(name)));
}

function optionValue(name: OptionName, stored: StoredOption | undefined): OptionValue {
  const option = options[name];
  return {
    ...option,
    name,
    value: stored === undefined ? option.default : stored.value,
    changedBy: stored?.changed_by ?? null,
    changedAt: stored?.changed_at ?? null,
  };
}

/**
 * The current approval time limit as an ISO 8601 duration, or null for none.
 * @throws ProductError `option-invalid` for a value that was set before there was a least and a most: no time can be counted from it
 */
export async function approvalTimeLimit(db: Knex): Promise<string | null> {
  const name = 'approval-time-limit';
  const { [name]: value } = await readValues(db, [name]);
  const { input } = options[name];
  if (accepts(input, value)) return value as string | null;
  throw new ProductError(
    'option-invalid',
    `The option ${name} is ${String(value).slice(0, 40)}, but ${ruleOf(input)}. An administrator has to set it anew.`,
  );
}

/** The options of PIN and PUK, as they are now. */
export interface SecretOptions {
  /** Digits. */
  readonly pinLength: number;
  readonly pukLength: number;
  readonly pinDelivery: DeliveryWay;
  readonly pukDelivery: DeliveryWay;
}

/** What the next PIN and PUK follow. */
export async function readSecretOptions(db: Knex): Promise<SecretOptions> {
  const values = await readValues(db, ['pin-length', 'puk-length', 'pin-delivery', 'puk-delivery']);
  return {
    pinLength: values['pin-length'] as number,
    pukLength: values['puk-length'] as number,
    pinDelivery: (values['pin-delivery'] as DeliveryWay | null) ?? 'none',
    pukDelivery: (values['puk-delivery'] as DeliveryWay | null) ?? 'none',
  };
}

/** Options that say who looks at a change: to change one of them is such a change itself. */
export const guarding: readonly OptionName[] = ['second-administrator', 'role-conflicts'];

/** How long a change waits for a second administrator, as an ISO 8601 duration; null where none is asked. */
export async function secondAdministratorWithin(db: Knex): Promise<string | null> {
  const values = await readValues(db, ['second-administrator']);
  return values['second-administrator'] as string | null;
}

/** Whether roles that do not go together are refused. */
export async function refusesRoleConflicts(db: Knex): Promise<boolean> {
  return (await readValues(db, ['role-conflicts']))['role-conflicts'] === 'refused';
}

/** For how many days each kind of data is kept at present; null: without end. */
export interface RetentionOptions {
  readonly requestDataDays: number | null;
  readonly cardDataDays: number | null;
  readonly engineHistoryDays: number;
}

/** What retention follows. */
export async function readRetentionOptions(db: Knex): Promise<RetentionOptions> {
  const values = await readValues(db, ['request-data-days', 'card-data-days', 'engine-history-days']);
  return {
    requestDataDays: values['request-data-days'] as number | null,
    cardDataDays: values['card-data-days'] as number | null,
    engineHistoryDays: values['engine-history-days'] as number,
  };
}

async function readValues<N extends OptionName>(db: Knex, names: readonly N[]): Promise<Record<N, unknown>> {
  const rows = await db('product_option')
    .whereIn('name', [...names])
    .select<{ name: N; value: unknown }[]>('name', 'value');
  const stored = new Map(rows.map((row) => [row.name, row.value]));
  return Object.fromEntries(
    names.map((name) => [name, stored.has(name) ? stored.get(name) : options[name].default]),
  ) as Record<N, unknown>;
}

/**
 * Sets one option. Running work keeps the value it was registered with.
 * @param assertSeen refuses by throwing when the caller saw another value
 * @throws ProductError `not-found` for an unknown option, `invalid-request` for a value outside its rule, `stale`
 */
export async function setOption(
  trx: Transaction,
  actor: string,
  name: string,
  value: unknown,
  assertSeen: (before: OptionValue) => void = () => undefined,
): Promise<void> {
  if (!Object.hasOwn(options, name)) {
    throw new ProductError('not-found', `There is no option ${name}. Options: ${Object.keys(options).join(', ')}.`);
  }
  const { input } = options[name as OptionName];
  if (!accepts(input, value)) throw new ProductError('invalid-request', `Option ${name} ${ruleOf(input)}.`);
  const stored = await trx('product_option')
    .where({ name })
    .forUpdate()
    .first<StoredOption | undefined>('name', 'value', 'changed_by', 'changed_at');
  const before = optionValue(name as OptionName, stored);
  assertSeen(before);
  await trx('product_option')
    .insert({ name, value: JSON.stringify(value), changed_by: actor, changed_at: trx.fn.now() })
    .onConflict('name')
    .merge();
  await appendAudit(trx, [
    { actor, action: 'option-set', objectType: 'option', objectId: name, details: { from: before.value, to: value } },
  ]);
}

/** `null` is how the command line says none, also where none is one of the choices. */
function accepts(input: OptionInput, value: unknown): boolean {
  switch (input.kind) {
    case 'duration':
      return value === null ? input.orNone : typeof value === 'string' && isWithin(value, input);
    case 'number':
      return value === null
        ? input.orNone
        : typeof value === 'number' && Number.isInteger(value) && value >= input.least && value <= input.most;
    case 'choice':
      return input.choices.some((choice) => choice === (value ?? 'none'));
  }
}

function isWithin(value: string, { least, most }: OptionInput & { kind: 'duration' }): boolean {
  const seconds = durationSeconds(value) ?? NaN;
  return Number.isInteger(seconds) && seconds >= secondsOf(least) && seconds <= secondsOf(most);
}

function secondsOf(bound: string): number {
  return durationSeconds(bound) ?? NaN;
}

function ruleOf(input: OptionInput): string {
  const none = input.kind !== 'choice' && input.orNone ? ', or null for none' : '';
  switch (input.kind) {
    case 'duration':
      return `must be a duration such as P3D, PT8H or P1DT12H, from ${input.least} to ${input.most}${none}`;
    case 'number':
      return `must be a whole number${input.unit === 'days' ? ' of days' : ''} from ${input.least} to ${input.most}${none}`;
    case 'choice':
      return input.choices.length === 2
        ? `must be ${input.choices.join(' or ')}`
        : `must be one of ${input.choices.join(', ')}`;
  }
}
