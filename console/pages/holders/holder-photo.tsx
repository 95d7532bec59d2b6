import { useRef, useState } from 'preact/hooks';
import { useAction } from '../../app/action.js';
import { apiUrl, at, call } from '../../app/api.js';
import { texts } from '../../texts.js';
import { FileField } from '../../ui/field.js';
import { Note } from '../../ui/note.js';

const words = texts.holders.photo;

export interface HolderPhotoProps {
  readonly id: string;
  readonly name: string;
  readonly hasPhoto: boolean;
  /** Called when there is a new photo. */
  readonly onChanged: () => void;
}

/** The newest photo of a card holder, and the way to give them another one. */
export function HolderPhoto({ id, name, hasPhoto, onChanged }: HolderPhotoProps) {
  const form = useRef<HTMLFormElement>(null);
  const [file, setFile] = useState<File | null>(null);
  // Pictures of this page stay in the browser's memory under their address; a new photo gets one of its own.
  const [uploads, setUploads] = useState(0);
  const uploading = useAction(async () => {
    if (file === null) return;
    await call('PUT', at`/holders/${id}/photo`, { body: file, type: file.type });
    setUploads(uploads + 1);
    setFile(null);
    form.current?.reset();
    onChanged();
  });
  return (
    <section class="card" aria-labelledby="photo">
      <h2 id="photo">{words.title}</h2>
      {hasPhoto ? (
        <img class="photo" key={uploads} src={`${apiUrl(at`/holders/${id}/photo`)}#${uploads}`} alt={words.of(name)} />
      ) : (
        <p class="photo-missing">{words.none}</p>
      )}
      {uploads > 0 && uploading.refusal === null && file === null && <Note tone="good">{words.done}</Note>}
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void uploading.run();
        }}
      >
        <FileField
          label={words.field}
          hint={words.hint}
          error={uploading.refusal?.detail ?? null}
          accept="image/jpeg,image/png"
          required
          onChange={(chosen) => {
            uploading.clear();
            setFile(chosen);
          }}
        />
        <div class="actions">
          <button disabled={uploading.busy}>{words.upload}</button>
        </div>
      </form>
    </section>
  );
}
