import type { Knex, Transaction } from '../db/database.js';
import { appendAudit } from '../audit/audit-store.js';
import { ProductError } from '../errors.js';

const duration = /^P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/;

/** What an administrator may set, with defaults and the rule each value has to keep. */
export const options = {
  'approval-time-limit': {
    help: 'How long an approver has, as an ISO 8601 duration such as P3D or PT8H; none: no limit. New requests take it.',
    default: null,
    accepts: (value: unknown) => value === null || (typeof value === 'string' && duration.test(value)),
    rule: 'must be a duration such as P3D, PT8H or P1DT12H, or null for none',
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
  const rows = await db('product_option').select<{ name: string; value: unknown }[]>('name', 'value');
  const stored = new Map(rows.map((row) => [row.name, row.value]));
  return (Object.keys(options) as OptionName[]).map((name) => ({
    name,
    value: stored.has(name) ? stored.get(name) : options[name].default,
    default: options[name].default,
    help: options[name].help,
  }));
}

/** The approval time limit of now as an ISO 8601 duration, or null for none. */
export async function approvalTimeLimit(db: Knex): Promise<string | null> {
  const row = await db('product_option').where({ name: 'approval-time-limit' }).first<{ value: string | null } | undefined>('value');
  return row?.value ?? null;
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
