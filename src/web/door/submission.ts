import { z } from 'zod';
import { ProductError } from '../../kernel/errors.js';
import type { EngineVariable } from './door-checks.js';
import type { FieldKind, FormField, FormFields } from './form-fields.js';

/** What Tasklist sends when a form is submitted. */
const submissionSchema = z.strictObject({
  variables: z
    .record(z.string(), z.object({ value: z.unknown().optional(), type: z.string().nullish() }))
    .nullish()
    .transform((variables) => variables ?? {}),
  withVariablesInReturn: z.literal(false).nullish(),
  businessKey: z.null().optional(),
});

/** The entered values of a form: plain for the check, typed for the engine. */
export interface Submission {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, EngineVariable>>;
}

/**
 * Reads a submitted form by what the form declares. Variables that the form only shows come back with it and are left
 * out; anything else that it does not declare is refused, as is a value of another kind than its field's.
 * @throws ProductError `forbidden`, `invalid-request`
 */
export function readSubmission(body: unknown, form: FormFields): Submission {
  const parsed = submissionSchema.safeParse(body ?? {});
  if (!parsed.success) throw new ProductError('invalid-request', 'The form was not sent as Tasklist sends forms.');
  const fields: Record<string, unknown> = {};
  const variables: Record<string, EngineVariable> = {};
  for (const [name, { value = null, type }] of Object.entries(parsed.data.variables)) {
    const field = form.fields.get(name);
    if (field === undefined && form.shown.has(name)) continue;
    if (field === undefined) throw new ProductError('forbidden', `The form has no field "${name}".`);
    const read = readValue(field, value, type ?? null);
    if (read === null)
      throw new ProductError('invalid-request', `The value of "${field.label}" is not of the kind the form asks for.`);
    if (typeof read.value === 'string' && read.value.length > field.maxLength) {
      throw new ProductError('invalid-request', `"${field.label}" is too long: ${field.maxLength} characters at most.`);
    }
    variables[name] = read;
    fields[name] = field.kind === 'list' ? JSON.parse(String(read.value)) : read.value;
  }
  return { fields, variables };
}

const scalarTypes = ['String', 'Boolean', 'Integer', 'Long', 'Short', 'Double', 'Null'];

const text = (value: unknown): EngineVariable | null => (typeof value === 'string' ? { value, type: 'String' } : null);
const boolean = (value: unknown): EngineVariable | null =>
  typeof value === 'boolean' ? { value, type: 'Boolean' } : null;
const number = (value: unknown): EngineVariable | null => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return { value, type: Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 'Integer' : 'Double' };
};

const readers: Readonly<Record<FieldKind, (value: unknown) => EngineVariable | null>> = {
  text,
  boolean,
  // A number field may be set to hand its value on as text.
  number: (value) => number(value) ?? text(value),
  choice: (value) => text(value) ?? number(value) ?? boolean(value),
  list: (value) => (isListText(value) ? { value, type: 'Json' } : null),
};

/** The value as the engine gets it, or null when its kind or type does not fit the field. */
function readValue(field: FormField, value: unknown, type: string | null): EngineVariable | null {
  const allowed = field.kind === 'list' ? ['Json', 'Null'] : scalarTypes;
  if (type !== null && !allowed.includes(type)) return null;
  if (value === null) return { value: null, type: 'Null' };
  return readers[field.kind](value);
}

function isListText(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.every((entry) => ['string', 'number', 'boolean'].includes(typeof entry));
  } catch {
    return false;
  }
}
