import { useState } from 'preact/hooks';
import type { BackendBody, BackendKindBody } from '../../../src/production/backends/administration/backend-routes.js';
import type { Answer } from '../../app/api.js';
import { navigate, pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { CheckField, ChoiceField, TextField } from '../../ui/field.js';
import { Note } from '../../ui/note.js';
import { RecordForm, type Draft } from '../../ui/record-form.js';
import { SettingField } from './setting-field.js';
import { draftOfSettings, fieldOf, settingsOfDraft } from './settings.js';

const words = texts.backends;

/** The kind of a new backend is chosen first: it decides which settings there are. */
export function BackendForm({
  record,
  kinds,
}: {
  readonly record: Answer<BackendBody> | null;
  readonly kinds: readonly BackendKindBody[];
}) {
  const [kind, setKind] = useState(record?.body.kind ?? kinds[0]?.kind ?? '');
  const known = kinds.find((each) => each.kind === kind);
  const settings = known?.settings ?? [];
  const labels = {
    ...words.fields,
    ...Object.fromEntries(settings.map((setting) => [fieldOf(setting), setting.label])),
  };
  return (
    <>
      {record === null && (
        <div class="record">
          <ChoiceField
            label={words.kind}
            hint={words.kindHint}
            value={kind}
            choices={kinds.map((each) => [each.kind, each.name])}
            onChange={setKind}
          />
        </div>
      )}
      <RecordForm<BackendBody, Draft>
        key={kind}
        collection="/backends"
        record={record}
        labels={labels}
        places={{ 'exists-already': 'id' }}
        confirmation={words.changedKey}
        draftOf={(backend) => ({
          id: backend?.id ?? '',
          name: backend?.name ?? '',
          simulated: backend?.simulated ?? false,
          ...draftOfSettings(settings, backend?.settings ?? {}),
        })}
        contentOf={(draft, before) => ({
          ...(before === null ? { id: draft['id'], kind } : {}),
          name: draft['name'],
          simulated: draft['simulated'],
          settings: settingsOfDraft(settings, before?.settings ?? {}, draft),
        })}
        onAdded={({ id }) => navigate(pageUrl(`/backends/${id}`, { done: 'added' }))}
      >
        {(fields) => (
          <>
            <h2>{words.settingsTitle}</h2>
            {known === undefined && record !== null && <Note tone="bad">{words.unknownKind(record.body.kind)}</Note>}
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
