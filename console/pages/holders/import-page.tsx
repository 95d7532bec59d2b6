import { useState } from 'preact/hooks';
import type { HolderImportBody } from '../../../src/directory/holders/holder-routes.js';
import { useAction } from '../../app/action.js';
import { call } from '../../app/api.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Facts } from '../../ui/facts.js';
import { FileField } from '../../ui/field.js';
import { Note, RefusalNote } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { ImportMistakes, readMistakes } from './import-mistakes.js';

const words = texts.holders.importing;

/** What was chosen. The bytes are read once, so that what is imported is what was checked. */
interface ChosenFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

/** Card holders from a CSV file: first looked at without importing anything, then imported. */
export default function ImportPage() {
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const [result, setResult] = useState<HolderImportBody | null>(null);
  const sending = useAction(async (dryRun: boolean) => {
    if (file === null) return;
    setResult(null);
    setResult(
      (
        await call<HolderImportBody>('POST', '/holders/import', {
          body: file.bytes,
          type: 'text/csv',
          query: { dryRun },
        })
      ).body,
    );
  });
  const choose = async (chosen: File | null) => {
    setResult(null);
    sending.clear();
    setUnreadable(null);
    setFile(null);
    if (chosen === null) return;
    try {
      setFile({ name: chosen.name, bytes: await chosen.arrayBuffer() });
    } catch {
      setUnreadable(words.unreadable);
    }
  };
  const mistakes = sending.refusal === null ? null : readMistakes(sending.refusal);
  return (
    <Page title={words.title} intro={words.intro}>
      <form
        class="card record"
        onSubmit={(event) => {
          event.preventDefault();
          void sending.run(true);
        }}
      >
        <FileField
          label={words.file}
          hint={
            <>
              {words.fileHint} <code>{words.columns}</code> {words.columnsHint}
            </>
          }
          error={unreadable}
          accept=".csv,text/csv"
          required
          onChange={(chosen) => void choose(chosen)}
        />
        <div class="actions">
          <button disabled={sending.busy}>{words.check}</button>
          <a class="button quiet" href={pageUrl('/holders')}>
            {words.back}
          </a>
        </div>
      </form>
      <div role="status">{sending.busy && <p>{words.checking}</p>}</div>
      {mistakes !== null && <ImportMistakes {...mistakes} />}
      {sending.refusal !== null && mistakes === null && <RefusalNote refusal={sending.refusal} />}
      {file !== null && result !== null && (
        <section class="record" aria-label={words.title}>
          <Note tone="good">
            <p>
              <strong>{result.dryRun ? words.good(file.name) : words.did(file.name)}</strong>
            </p>
            {result.dryRun && (
              <p>
                {words.nothingYet} {words.would}
              </p>
            )}
            <Facts
              facts={[
                [words.created, result.created],
                [words.changed, result.changed],
                [words.unchanged, result.unchanged],
              ]}
            />
          </Note>
          {result.dryRun && (
            <div class="actions">
              <button type="button" disabled={sending.busy} onClick={() => void sending.run(false)}>
                {words.run}
              </button>
            </div>
          )}
        </section>
      )}
    </Page>
  );
}
