import { useState } from 'preact/hooks';
import type { NumberRangeBody } from '../../../src/directory/number-ranges/number-range-routes.js';
import { at, getTagged, type Answer } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { navigate, pageUrl } from '../../app/router.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { AddedNote } from '../../ui/added-note.js';
import { Facts } from '../../ui/facts.js';
import { TextField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { numberOf, RecordForm } from '../../ui/record-form.js';
import { NumbersLeft } from './numbers-left.js';

const words = texts.numberRanges;

/** A number range, or the form of a new one. */
export default function NumberRangePage({ params: { id } }: PageProps) {
  const resource = useResource(`number-range ${id}`, async (signal) =>
    id === undefined ? null : getTagged<NumberRangeBody>(at`/number-ranges/${id}`, signal),
  );
  const title = id === undefined ? words.newTitle : (resource.data?.body.name ?? words.title);
  return (
    <Page title={title} intro={words.intro}>
      <AddedNote />
      <Loaded resource={resource}>{(record) => <NumberRange record={record} />}</Loaded>
    </Page>
  );
}

function NumberRange({ record }: { readonly record: Answer<NumberRangeBody> | null }) {
  const [shown, setShown] = useState(record?.body ?? null);
  return (
    <>
      {shown !== null && (
        <Facts
          facts={[
            [words.sample, shown.next === null ? texts.common.none : <code>{shown.next}</code>],
            [words.columns.left, <NumbersLeft left={shown.left} />],
          ]}
        />
      )}
      <RecordForm
        collection="/number-ranges"
        record={record}
        labels={words.fields}
        places={{ 'exists-already': 'id', 'number-range-conflict': 'nextNumber' }}
        draftOf={draftOf}
        contentOf={({ id, digits, nextNumber, ...rest }) => ({
          ...(record === null ? { id } : {}),
          ...rest,
          digits: numberOf(digits),
          nextNumber: numberOf(nextNumber),
        })}
        onAdded={({ id }) => navigate(pageUrl(`/number-ranges/${id}`, { done: 'added' }))}
        onSaved={setShown}
      >
        {({ of }) => (
          <>
            {record === null && <TextField {...of('id')} hint={texts.record.idHint} required maxLength={100} />}
            <TextField {...of('name')} required maxLength={100} />
            <TextField {...of('prefix')} hint={words.affixHint} maxLength={16} />
            <TextField {...of('digits')} type="number" hint={words.digitsHint} required min={1} max={15} />
            <TextField {...of('suffix')} hint={words.affixHint} maxLength={16} />
            <TextField {...of('nextNumber')} type="number" hint={words.nextHint} required min={1} />
          </>
        )}
      </RecordForm>
    </>
  );
}

function draftOf(range: NumberRangeBody | null) {
  const { id = '', name = '', prefix = '', digits = 6, suffix = '', nextNumber = 1 } = range ?? {};
  return { id, name, prefix, digits: String(digits), suffix, nextNumber: String(nextNumber) };
}
