import { texts } from '../../texts.js';
import { CheckField, ChoiceField, LongTextField, TextField } from '../../ui/field.js';
import type { Draft, Fields } from '../../ui/record-form.js';
import type { Setting } from './kinds.js';
import { fieldOf } from './settings.js';

const words = texts.backends;

/** One setting of a backend. */
export function SettingField({
  setting,
  fields: { of, ticked },
}: {
  readonly setting: Setting;
  readonly fields: Fields<Draft>;
}) {
  const { label, hint, choices } = setting;
  const name = fieldOf(setting);
  const shared = { ...of(name), label, ...(hint === null ? {} : { hint }) };
  switch (setting.input) {
    case 'check':
      return <CheckField {...ticked(name)} label={label} />;
    case 'choice':
      return (
        <ChoiceField
          {...shared}
          choices={[['', words.usual], ...choices.map(({ value, text }) => [value, text] as const)]}
        />
      );
    case 'long':
    case 'json':
      return <LongTextField {...shared} rows={5} />;
    case 'number':
      return <TextField {...shared} type="number" min={1} />;
    case 'text':
      return <TextField {...shared} required={setting.required} maxLength={1_000} />;
  }
}
