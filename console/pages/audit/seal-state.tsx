import { useState } from 'preact/hooks';
import type { AuditVerificationBody } from '../../../src/records/audit/audit-routes.js';
import { useAction } from '../../app/action.js';
import { get } from '../../app/api.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Note, RefusalNote } from '../../ui/note.js';

const words = texts.audit.seal;

/** Verifies the log when asked to, and tells what was found. */
export function SealState() {
  const [result, setResult] = useState<AuditVerificationBody | null>(null);
  const verifying = useAction(async () => {
    setResult(null);
    setResult(await get<AuditVerificationBody>('/audit/verification'));
  });
  return (
    <section class="card" aria-labelledby="seal">
      <h2 id="seal">{words.title}</h2>
      <p class="soft">{words.hint}</p>
      <p>
        <button type="button" class="quiet" disabled={verifying.busy} onClick={() => void verifying.run()}>
          {words.verify}
        </button>
      </p>
      <div role="status">
        {verifying.busy && <p>{words.verifying}</p>}
        {result?.intact === true && <Verdict result={result} />}
      </div>
      {result?.intact === false && <Verdict result={result} />}
      {verifying.refusal !== null && <RefusalNote refusal={verifying.refusal} />}
    </section>
  );
}

function Verdict({ result }: { readonly result: AuditVerificationBody }) {
  const { intact, findingCount, findings, rows, blocks, unsealed, anchors, head } = result;
  return (
    <>
      <Note tone={intact ? 'good' : 'bad'}>
        <p>
          <strong>{intact ? words.intact : words.broken(findingCount)}</strong>
        </p>
        <p>
          {words.covered(rows, blocks)} {words.unsealed(unsealed.rows)}
        </p>
        <p>{anchors === null ? words.noAnchors : words.anchors(anchors.count, anchors.provenTo)}</p>
        {head !== null && (
          <p class="soft">
            {words.head}: <code>{head.hash}</code>
          </p>
        )}
      </Note>
      {findings.length > 0 && (
        <DataTable
          caption={words.findings}
          rows={findings.map((finding, at) => ({ ...finding, key: String(at) }))}
          keyOf={({ key }) => key}
          empty={null}
          columns={[
            {
              heading: words.finding,
              cell: ({ message, kind }) => (
                <>
                  {message}
                  <p class="soft">{kind}</p>
                </>
              ),
            },
            { heading: words.row, cell: ({ row }) => row ?? texts.common.none },
            { heading: words.block, cell: ({ block }) => block ?? texts.common.none },
          ]}
        />
      )}
    </>
  );
}
