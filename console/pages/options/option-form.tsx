import { useEffect, useState } from 'preact/hooks';
import type { OptionBody } from '../../../src/directory/options/option-routes.js';
import { useAction } from '../../app/action.js';
import { asRefusal, at, call, get } from '../../app/api.js';
import { texts } from '../../texts.js';
import { ChoiceField, TextField } from '../../ui/field.js';
import { Note, RefusalNote } from '../../ui/note.js';
import type { Records } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';
import { draftOf, optionText, readDraft } from './option-values.js';

const words = texts.options;

export interface OptionFormProps {
  readonly option: OptionBody;
  /** Called with the current options, after one was set or seen to have changed. */
  readonly onAnswer: (options: readonly OptionBody[]) => void;
}

/** One option, to be set to another value. */
export function OptionForm({ option, onAnswer }: OptionFormProps) {
  const { name, help, touches, input, value, etag } = option;
  const [draft, setDraft] = useState(draftOf(option, value));
  const [wrong, setWrong] = useState<string | null>(null);
  const [note, setNote] = useState<{ readonly tone: 'good' | 'bad'; readonly text: string } | null>(null);
  const title = words.names[name] ?? name;

  const saving = useAction(async (wanted: string | number | null) => {
    setNote(null);
    try {
      const { body } = await call<Records<OptionBody>>('PUT', at`/options/${name}`, {
        body: { value: wanted },
        ifMatch: etag,
      });
      onAnswer(body.items);
      setNote({ tone: 'good', text: words.saved(title, optionText(wanted)) });
    } catch (raw) {
      if (asRefusal(raw).code !== 'stale') throw raw;
      const { items } = await get<Records<OptionBody>>('/options');
      const now = items.find((each) => each.name === name);
      setNote({ tone: 'bad', text: words.stale(now?.changedBy ?? words.somebody, optionText(now?.value)) });
      onAnswer(items);
    }
  });

  useEffect(() => {
    if (note?.tone !== 'bad') setDraft(draftOf(option, value));
  }, [etag]);

  const save = (event: Event) => {
    event.preventDefault();
    const read = readDraft(input, draft);
    setWrong('wrong' in read ? read.wrong : null);
    if ('value' in read) void saving.run(read.value);
  };
  const change = (text: string) => {
    setWrong(null);
    setNote(null);
    setDraft(text);
  };
  const original = draftOf(option, option.default);
  const shared = { label: title, value: draft, onChange: change, error: wrong };

  return (
    <form class="card option" aria-label={title} onSubmit={save}>
      {input.kind === 'choice' ? (
        <ChoiceField
          {...shared}
          choices={input.choices.map((choice) => [String(choice), words.choices[choice] ?? String(choice)] as const)}
        />
      ) : (
        <TextField {...shared} hint={hintOf(input)} maxLength={100} />
      )}
      <p>
        {help} <strong>{touches}</strong>
      </p>
      <p class="soft">
        {words.default(optionText(option.default))} ·{' '}
        {option.changedAt === null ? (
          words.neverSet
        ) : (
          <>
            {words.setBy(option.changedBy ?? words.somebody)} <Time at={option.changedAt} />
          </>
        )}
      </p>
      {note !== null && <Note tone={note.tone}>{note.text}</Note>}
      {saving.refusal !== null && <RefusalNote refusal={saving.refusal} />}
      <div class="actions">
        <button disabled={saving.busy || draft === draftOf(option, value)}>{words.save}</button>
        {draft !== original && (
          <button type="button" class="quiet" onClick={() => change(original)}>
            {words.toDefault}
          </button>
        )}
      </div>
    </form>
  );
}

function hintOf(input: OptionBody['input']): string {
  const rule = input.kind === 'number' ? words.numberHint(input.least, input.most) : words.durationHint;
  return input.kind !== 'choice' && input.orNone ? `${rule} ${words.noneHint}` : rule;
}
