import type { CardTypeBody } from '../../../src/directory/card-types/card-type-routes.js';
import type { Answer } from '../../app/api.js';
import { navigate, pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { CheckField, ChoiceField, TextField } from '../../ui/field.js';
import { numberOf, RecordForm } from '../../ui/record-form.js';
import { LayoutPreview } from './layout-preview.js';

const words = texts.cardTypes;

type Choice = readonly (readonly [value: string, text: string])[];

export interface Choices {
  readonly layouts: Choice;
  readonly numberRanges: Choice;
  readonly backends: Choice;
}

const places = {
  'exists-already': 'id',
  'layout-unknown': 'layout',
  'number-range-unknown': 'numberRange',
  'backend-unknown': 'backend',
} as const;

export function CardTypeForm({
  record,
  choices,
}: {
  readonly record: Answer<CardTypeBody> | null;
  readonly choices: Choices;
}) {
  return (
    <RecordForm
      collection="/card-types"
      record={record}
      labels={words.fields}
      places={places}
      draftOf={draftOf}
      contentOf={({ id, ...draft }) => ({ ...(record === null ? { id } : {}), ...contentOf(draft) })}
      onAdded={({ id }) => navigate(pageUrl(`/card-types/${id}`, { done: 'added' }))}
    >
      {({ draft, of, ticked }) => (
        <>
          {record === null && <TextField {...of('id')} hint={texts.record.idHint} required maxLength={100} />}
          <TextField {...of('name')} hint={words.nameHint} required maxLength={100} />
          <ChoiceField {...of('layout')} choices={choices.layouts} />
          <LayoutPreview layout={draft.layout} cardTypeName={record?.body.name} />
          <ChoiceField {...of('numberRange')} choices={choices.numberRanges} />
          <ChoiceField {...of('backend')} choices={choices.backends} />
          <TextField {...of('validityMonths')} type="number" hint={words.validityHint} min={1} max={240} />
          <TextField {...of('position')} type="number" hint={words.positionHint} required min={0} max={10_000} />
          <CheckField {...ticked('photoRequired')} />
          <CheckField {...ticked('chip')} />
          <CheckField {...ticked('separateProducer')} />
          {[draft.layout, draft.numberRange, draft.backend].includes('') && <p class="soft">{words.incomplete}</p>}
        </>
      )}
    </RecordForm>
  );
}

function draftOf(type: CardTypeBody | null) {
  return {
    id: type?.id ?? '',
    name: type?.name ?? '',
    layout: type?.layout ?? '',
    numberRange: type?.numberRange ?? '',
    backend: type?.backend ?? '',
    validityMonths: String(type?.validityMonths ?? ''),
    position: String(type?.position ?? 100),
    photoRequired: type?.photoRequired ?? false,
    chip: type?.chip ?? false,
    separateProducer: type?.separateProducer ?? false,
  };
}

function contentOf({
  layout,
  numberRange,
  backend,
  validityMonths,
  position,
  ...rest
}: Omit<ReturnType<typeof draftOf>, 'id'>) {
  const chosen = (value: string) => (value === '' ? null : value);
  return {
    ...rest,
    layout: chosen(layout),
    numberRange: chosen(numberRange),
    backend: chosen(backend),
    validityMonths: numberOf(validityMonths),
    position: numberOf(position),
  };
}
