import type { Knex, Transaction } from '../db/database.js';
import { appendAudit } from '../audit/audit-store.js';
import { deliveryWays, type DeliveryWay } from '../domain/secret-delivery.js';
import { ProductError } from '../errors.js';

const duration = /^P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/;

/** `null` is how the command line says none. */
const isDeliveryWay = (value: unknown) => value === null || (deliveryWays as readonly unknown[]).includes(value);
const deliveryRule = `must be one of ${deliveryWays.join(', ')}`;

const isDays = (value: unknown, least: number) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 3_650;

/** What an administrator may set, with defaults and the rule each value has to keep. */
export const options = {
  'approval-time-limit': {
    help: 'How long an approver has, as an ISO 8601 duration such as P3D or PT8H; none: no limit. New requests take it.',
    default: null,
    accepts: (value: unknown) => value === null || (typeof value === 'string' && duration.test(value)),
    rule: 'must be a duration such as P3D, PT8H or P1DT12H, or null for none',
  },
  'pin-length': {
    help: 'Digits of a PIN, 4 or 6. Cards that are produced from now on take it.',
    default: 6,
    accepts: (value: unknown) => value === 4 || value === 6,
    rule: 'must be 4 or 6',
  },
  'puk-length': {
    help: 'Digits of a PUK, 8 to 12. Cards that are produced from now on take it.',
    default: 8,
    accepts: (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value >= 8 && value <= 12,
    rule: 'must be a whole number from 8 to 12',
  },
  'pin-delivery': {
    help: 'How card holders get their PIN: print (a letter), e-mail or none. Cards that are produced from now on take it.',
    default: 'print',
    accepts: isDeliveryWay,
    rule: deliveryRule,
  },
  'puk-delivery': {
    help: 'How card holders get their PUK: print (a letter), e-mail or none. Cards that are produced from now on take it.',
    default: 'none',
    accepts: isDeliveryWay,
    rule: deliveryRule,
  },
  'request-data-days': {
    help: 'Days after which personal data of an ended request is erased, 30 to 3650; none: kept. Holds for all requests at once.',
    default: 365,
    accepts: (value: unknown) => value === null || isDays(value, 30),
    rule: 'must be a whole number of days from 30 to 3650, or null to keep them',
  },
  'card-data-days': {
    help: 'Days after which personal data of a card that is at its end is erased, 30 to 3650; none: kept. Holds for all cards at once.',
    default: 365,
    accepts: (value: unknown) => value === null || isDays(value, 30),
    rule: 'must be a whole number of days from 30 to 3650, or null to keep them',
  },
  'engine-history-days': {
    help: 'Days for which the process engine remembers what has ended, 1 to 3650. Holds for everything that it remembers now.',
    default: 30,
    accepts: (value: unknown) => isDays(value, 1),
    rule: 'must be a whole number of days from 1 to 3650',
  },
} as const satisfies Record<string, { help: string; default: unknown; accepts: (value: unknown) => boolean; rule: string }>;

export type OptionName = keyof typeof options;

export interface OptionValue {
  readonly name: OptionName;
  readonly value: unknown;
  readonly default: unknown;
  readonly help: string;
}

/** Every option with its value of now. */
export async function listOptions(db: Knex): Promise<OptionValue[]> {
  const values = await readValues(db, Object.keys(options) as OptionName[]);
  return (Object.keys(options) as OptionName[]).map((name) => ({
    name,
    value: values[name],
    default: options[name].default,
    help: options[name].help,
  }));
}

/** The approval time limit of now as an ISO 8601 duration, or null for none. */
export async function approvalTimeLimit(db: Knex): Promise<string | null> {
  return (await readValues(db, ['approval-time-limit']))['approval-time-limit'] as string | null;
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

/** For how many days what is kept, as it is now; null: without end. */
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
  const rows = await db('product_option').whereIn('name', [...names]).select<{ name: N; value: unknown }[]>('name', 'value');
  const stored = new Map(rows.map((row) => [row.name, row.value]));
  return Object.fromEntries(names.map((name) => [name, stored.has(name) ? stored.get(name) : options[name].default])) as Record<N, unknown>;
}

/**
 * Sets one option. Running work keeps the value it was registered with.
 * @throws ProductError `not-found` for an unknown option, `invalid-request` for a value outside its rule
 */
export async function setOption(trx: Transaction, actor: string, name: string, value: unknown): Promise<void> {
  if (!Object.hasOwn(options, name)) {
    throw new ProductError('not-found', `There is no option ${name}. Options: ${Object.keys(options).join(', ')}.`);
  }
  const option = options[name as OptionName];
  if (!option.accepts(value)) throw new ProductError('invalid-request', `Option ${name} ${option.rule}.`);
  const before = await trx('product_option').where({ name }).forUpdate().first<{ value: unknown } | undefined>('value');
  await trx('product_option')
    .insert({ name, value: JSON.stringify(value), changed_by: actor, changed_at: trx.fn.now() })
    .onConflict('name')
    .merge();
  await appendAudit(trx, [
    { actor, action: 'option-set', objectType: 'option', objectId: name, details: { from: before?.value ?? option.default, to: value } },
  ]);
}
