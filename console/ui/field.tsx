import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What is wrong with the value. */
  readonly error?: string | null;
}

interface Attributes {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: 'true';
}

/** A label above its control, with a hint and what is wrong below, all tied together for those who do not see it. */
export function Field({
  label,
  hint,
  error = null,
  control,
}: FieldProps & { readonly control: (attributes: Attributes) => ComponentChildren }) {
  const id = useId();
  const described = [hint === undefined ? [] : `${id}-hint`, error === null ? [] : `${id}-error`].flat().join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({
        id,
        ...(described === '' ? {} : { 'aria-describedby': described }),
        ...(error === null ? {} : { 'aria-invalid': 'true' }),
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {error !== null && (
        <p id={`${id}-error`} class="wrong" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

export interface TextFieldProps extends FieldProps {
  readonly type?: 'text' | 'search' | 'date' | 'number';
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextField({ label, hint, error, type = 'text', value, onChange, ...rest }: TextFieldProps) {
  // One literal stands for all: the types distinguish each kind of input, and these take the same attributes.
  const kind = type as 'text';
  return (
    <Field
      label={label}
      {...optional({ hint, error })}
      control={(attributes) => (
        <input
          type={kind}
          {...rest}
          {...attributes}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    />
  );
}

export interface LongTextFieldProps extends FieldProps {
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly rows?: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function LongTextField({ label, hint, error, value, onChange, ...rest }: LongTextFieldProps) {
  return (
    <Field
      label={label}
      {...optional({ hint, error })}
      control={(attributes) => (
        <textarea
          rows={2}
          {...rest}
          {...attributes}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    />
  );
}

export interface ChoiceFieldProps extends FieldProps {
  readonly value: string;
  /** Values with what people read. */
  readonly choices: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}

export function ChoiceField({ label, hint, error, value, choices, onChange }: ChoiceFieldProps) {
  return (
    <Field
      label={label}
      {...optional({ hint, error })}
      control={(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {choices.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    />
  );
}

export interface CheckFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A box to tick, before its label. */
export function CheckField({ label, hint, checked, onChange }: CheckFieldProps) {
  const id = useId();
  return (
    <div class="field check">
      <div class="pick">
        <input
          type="checkbox"
          id={id}
          checked={checked}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <label for={id}>{label}</label>
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

export interface FileFieldProps extends FieldProps {
  /** Media types and endings that the browser offers. */
  readonly accept: string;
  readonly required?: boolean;
  readonly onChange: (file: File | null) => void;
}

export function FileField({ label, hint, error, onChange, ...rest }: FileFieldProps) {
  return (
    <Field
      label={label}
      {...optional({ hint, error })}
      control={(attributes) => (
        <input
          type="file"
          {...rest}
          {...attributes}
          onChange={(event) => onChange(event.currentTarget.files?.[0] ?? null)}
        />
      )}
    />
  );
}

/** Members that are undefined are left out: to a component they are not the same as absent. */
function optional<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
