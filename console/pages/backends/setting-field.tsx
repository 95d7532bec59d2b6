import { texts } from '../../texts.js';
import { CheckField, ChoiceField, LongTextField, TextField } from '../../ui/field.js';
import type { Draft, Fields } from '../../ui/record-form.js';
import { fieldOf, type Setting } from './settings.js';

const words = texts.backends;

/** One setting of a backend. */
export function SettingField({
  setting,
  fields: { of, ticked },
}: {
  readonly setting: Setting;
  readonly fields: Fields<Draft>;
}) {
  const text: { readonly label: string; readonly hint?: string; readonly choices?: Readonly<Record<string, string>> } =
    words.settings[setting.name];
  const name = fieldOf(setting);
  const shared = { ...of(name), label: text.label, ...(text.hint === undefined ? {} : { hint: text.hint }) };
  switch (setting.input) {
    case 'check':
      return <CheckField {...ticked(name)} label={text.label} />;
    case 'choice':
      return <ChoiceField {...shared} choices={[['', words.usual], ...Object.entries(text.choices ?? {})]} />;
    case 'long':
    case 'json':
      return <LongTextField {...shared} rows={5} />;
    case 'number':
      return <TextField {...shared} type="number" min={1} />;
    case 'text':
      return <TextField {...shared} required={setting.required === true} maxLength={1_000} />;
  }
}
