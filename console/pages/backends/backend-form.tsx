import { useState } from 'preact/hooks';
import type { BackendBody } from '../../../src/production/backends/administration/backend-routes.js';
import type { Answer } from '../../app/api.js';
import { navigate, pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { CheckField, ChoiceField, TextField } from '../../ui/field.js';
import { RecordForm, type Draft } from '../../ui/record-form.js';
import { SettingField } from './setting-field.js';
import { draftOfSettings, fieldOf, settingsOf, settingsOfDraft } from './settings.js';

const words = texts.backends;

/** The kind of a new backend is chosen first: it decides which settings there are. */
export function BackendForm({ record }: { readonly record: Answer<BackendBody> | null }) {
  const [kind, setKind] = useState<BackendBody['kind']>(record?.body.kind ?? 'http');
  const settings = settingsOf[kind];
  const labels = {
    ...words.fields,
    ...Object.fromEntries(settings.map((setting) => [fieldOf(setting), words.settings[setting.name].label])),
  };
  return (
    <>
      {record === null && (
        <div class="record">
          <ChoiceField
            label={words.kind}
            hint={words.kindHint}
            value={kind}
            choices={Object.entries(words.kinds)}
            onChange={(value) => setKind(value === 'ipp' ? 'ipp' : 'http')}
          />
        </div>
      )}
      <RecordForm<BackendBody, Draft>
        key={kind}
        collection="/backends"
        record={record}
        labels={labels}
        places={{ 'exists-already': 'id' }}
        draftOf={(backend) => ({
          id: backend?.id ?? '',
          name: backend?.name ?? '',
          simulated: backend?.simulated ?? false,
          ...draftOfSettings(kind, backend?.settings ?? {}),
        })}
        contentOf={(draft, before) => ({
          ...(before === null ? { id: draft['id'], kind } : {}),
          name: draft['name'],
          simulated: draft['simulated'],
          settings: settingsOfDraft(kind, before?.settings ?? {}, draft),
        })}
        onAdded={({ id }) => navigate(pageUrl(`/backends/${id}`, { done: 'added' }))}
      >
        {(fields) => (
          <>
            <h2>{words.settingsTitle}</h2>
            {record === null && <TextField {...fields.of('id')} hint={texts.record.idHint} required maxLength={100} />}
            <TextField {...fields.of('name')} required maxLength={100} />
            {settings.map((setting) => (
              <SettingField key={setting.name} setting={setting} fields={fields} />
            ))}
            <CheckField {...fields.ticked('simulated')} />
          </>
        )}
      </RecordForm>
    </>
  );
}
