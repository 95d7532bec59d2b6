import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../app/action.js';
import { asRefusal, call, getTagged, type Answer, type Refusal } from '../app/api.js';
import { navigate, pageUrl, usePlace } from '../app/router.js';
import { texts } from '../texts.js';
import { Dialog } from './dialog.js';
import { Note, RefusalNote } from './note.js';

const words = texts.record;

/** What stands in the fields of a form. */
export type Draft = Readonly<Record<string, string | boolean>>;

/** What a field that holds text shows. */
interface TextState {
  readonly label: string;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

/** What a box to tick shows. */
interface TickState {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** How a field of the form is drawn: `<TextField {...of('name')} required />`. */
export interface Fields<D extends Draft> {
  readonly draft: D;
  /** Label, value and what is wrong, for a field that holds text. */
  readonly of: (name: keyof D & string) => TextState;
  /** The same for a box to tick. */
  readonly ticked: (name: keyof D & string) => TickState;
}

export interface RecordFormProps<Body extends { readonly id: string }, D extends Draft> {
  /** Below `/api/v1`, such as `/card-types`. */
  readonly collection: string;
  /** Where a record is that has no address of its own below the collection. */
  readonly address?: string;
  /** The record as it was read; null where one is added. */
  readonly record: Answer<Body> | null;
  /** What the fields are called; a refusal that names one of them is shown there. */
  readonly labels: Readonly<Record<keyof D & string, string>>;
  /** Where refusals that name no field belong, by their code. */
  readonly places?: Readonly<Record<string, keyof D & string>>;
  readonly draftOf: (record: Body | null) => D;
  /** What is sent. @param before the record as it is known; null where one is added, which needs its id */
  readonly contentOf: (draft: D, before: Body | null) => object;
  readonly onAdded: (record: Body) => void;
  readonly onSaved?: (record: Body) => void;
  /** What is asked before a change that the server wants confirmed; the change is sent again with `confirm`. */
  readonly confirmation?: { readonly title: string; readonly button: string };
  readonly children: (fields: Fields<D>) => ComponentChildren;
}

/**
 * Adds a record, or changes one upon the state that was seen: when somebody else was quicker, it shows what they changed, keeps
 * what was typed, and leaves the decision to the person.
 */
export function RecordForm<Body extends { readonly id: string }, D extends Draft>(props: RecordFormProps<Body, D>) {
  const { collection, labels, places = {}, draftOf, contentOf, onAdded, onSaved, confirmation, children } = props;
  const { path, query } = usePlace();
  const [record, setRecord] = useState(props.record);
  const [draft, setDraft] = useState(() => draftOf(record?.body ?? null));
  const [saved, setSaved] = useState(false);
  const [meanwhile, setMeanwhile] = useState<readonly string[]>([]);
  const [toConfirm, setToConfirm] = useState<Refusal | null>(null);
  const form = useRef<HTMLFormElement>(null);

  const save = async (confirm: boolean) => {
    setSaved(false);
    setMeanwhile([]);
    if (query.has('done')) navigate(pageUrl(path), { replace: true });
    if (record === null) {
      onAdded((await call<Body>('POST', collection, { body: contentOf(draft, null) })).body);
      return;
    }
    const address = props.address ?? `${collection}/${encodeURIComponent(record.body.id)}`;
    try {
      const content = contentOf(draft, record.body);
      const body = confirm ? { ...content, confirm } : content;
      const answer = await call<Body>('PUT', address, { body, ifMatch: record.etag });
      setRecord(answer);
      setDraft(draftOf(answer.body));
      setSaved(true);
      onSaved?.(answer.body);
    } catch (raw) {
      const refusal = asRefusal(raw);
      if (confirmation !== undefined && refusal.code === 'confirmation-needed') {
        setToConfirm(refusal);
        return;
      }
      if (refusal.code !== 'stale') throw raw;
      const now = await getTagged<Body>(address);
      setMeanwhile(differences(labels, draftOf(record.body), draftOf(now.body)));
      setRecord(now);
    }
  };
  const saving = useAction(() => save(false));
  const confirming = useAction(() => save(true));

  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [saving.refusal]);

  const set = (name: string, value: string | boolean) => {
    setSaved(false);
    setDraft({ ...draft, [name]: value });
  };
  const wrongAt = (name: string) => complaintAt(saving.refusal, name, labels[name] ?? name, places);
  const fields: Fields<D> = {
    draft,
    of: (name) => ({
      label: labels[name],
      value: String(draft[name]),
      error: wrongAt(name),
      onChange: (value) => set(name, value),
    }),
    ticked: (name) => ({
      label: labels[name],
      checked: draft[name] === true,
      onChange: (checked) => set(name, checked),
    }),
  };

  return (
    <>
      <form
        ref={form}
        class="card record"
        onSubmit={(event) => {
          event.preventDefault();
          void saving.run();
        }}
      >
        {children(fields)}
        {meanwhile.length > 0 && (
          <Note tone="bad">
            <p>
              <strong>{words.meanwhile}</strong>
            </p>
            <ul>
              {meanwhile.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            <p>{words.meanwhileIntro}</p>
          </Note>
        )}
        {saving.refusal !== null && !isShownAtFields(saving.refusal, Object.keys(labels), places) && (
          <RefusalNote refusal={saving.refusal} />
        )}
        {saved && <Note tone="good">{words.saved}</Note>}
        <div class="actions">
          <button disabled={saving.busy}>{record === null ? words.add : words.save}</button>
        </div>
      </form>
      {toConfirm !== null && confirmation !== undefined && (
        <Dialog
          title={confirmation.title}
          confirm={confirmation.button}
          action={confirming}
          onClose={() => setToConfirm(null)}
        >
          <p>{toConfirm.detail}</p>
        </Dialog>
      )}
    </>
  );
}

/** What a refusal says about one field, as a sentence; parts of the field are meant with it. */
function complaintAt(
  refusal: Refusal | null,
  name: string,
  label: string,
  places: Readonly<Record<string, string>>,
): string | null {
  if (refusal === null) return null;
  if (places[refusal.code] === name) return refusal.detail;
  const found = refusal.errors.find(({ field }) => field === name || field.startsWith(`${name}.`));
  if (found === undefined) return null;
  return /^[a-z]/.test(found.message) ? `${label} ${found.message}.` : `${found.message}.`;
}

/** False for a refusal that is about something else too, which is then shown as a whole. */
function isShownAtFields(
  { code, errors }: Refusal,
  names: readonly string[],
  places: Readonly<Record<string, string>>,
): boolean {
  if (errors.length === 0) return code in places;
  return errors.every(({ field }) => names.some((name) => field === name || field.startsWith(`${name}.`)));
}

function differences<D extends Draft>(labels: Readonly<Record<string, string>>, before: D, now: D): string[] {
  const changed = Object.keys(now).filter((name) => before[name] !== now[name]);
  return changed.map((name) => words.became(labels[name] ?? name, shown(before[name]), shown(now[name])));
}

function shown(value: string | boolean | undefined): string {
  if (value === undefined || value === '') return words.nothing;
  return value === true ? words.yes : value === false ? words.no : value;
}

/** What a number field says; null where it is empty. The server refuses what is no number of its own. */
export function numberOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}
