/** How a component's value travels: text, number, boolean, one choice, or a list as JSON text. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'list';

const inputs: Readonly<Record<string, FieldKind>> = {
  textfield: 'text',
  textarea: 'text',
  datetime: 'text',
  number: 'number',
  checkbox: 'boolean',
  radio: 'choice',
  select: 'choice',
  checklist: 'list',
  taglist: 'list',
};

export interface FormField {
  readonly kind: FieldKind;
  /** What the form calls it, for sentences. */
  readonly label: string;
  readonly maxLength: number;
}

/** What one form lets a person enter, and what it only shows. */
export interface FormFields {
  readonly fields: ReadonlyMap<string, FormField>;
  /** Variables that the form shows: lists behind choices, sources of tables, fields that are read only. */
  readonly shown: ReadonlySet<string>;
}

interface Component {
  readonly type?: string;
  readonly key?: string;
  readonly label?: string;
  readonly valuesKey?: string;
  readonly dataSource?: string;
  readonly disabled?: boolean;
  readonly readonly?: boolean | string;
  readonly validate?: { readonly maxLength?: number };
  readonly components?: readonly Component[];
}

/** Longest text that the engine can keep in a String variable. */
const MAX_TEXT = 4_000;

/** Reads the parts of a Camunda Form that say what may be submitted. */
export function formFields(form: { readonly components?: readonly Component[] }): FormFields {
  const components = flatten(form.components ?? []);
  const fields = new Map<string, FormField>();
  const shown = new Set<string>();
  for (const component of components) {
    const { type = '', key, label, valuesKey, dataSource, validate } = component;
    const kind = inputs[type];
    if (valuesKey !== undefined) shown.add(valuesKey);
    for (const [name] of dataSource?.matchAll(/[A-Za-z_]\w*/g) ?? []) shown.add(name);
    if (key === undefined) continue;
    const locked = component.disabled === true || component.readonly === true;
    if (kind === undefined || locked) shown.add(key);
    else fields.set(key, { kind, label: label ?? key, maxLength: Math.min(validate?.maxLength ?? MAX_TEXT, MAX_TEXT) });
  }
  return { fields, shown };
}

function flatten(components: readonly Component[]): Component[] {
  return components.flatMap((component) => [component, ...flatten(component.components ?? [])]);
}
