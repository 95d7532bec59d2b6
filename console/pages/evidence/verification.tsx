import { useState } from 'preact/hooks';
import type { AuditVerificationBody } from '../../../src/records/audit/evidence-routes.js';
import { useAction } from '../../app/action.js';
import { get } from '../../app/api.js';
import { texts } from '../../texts.js';
import { Note, RefusalNote } from '../../ui/note.js';
import { FindingTable } from './findings.js';

const words = texts.evidence.seal;

/** Verifies the log on request, and shows the findings. */
export function Verification({ onVerified }: { readonly onVerified: () => void }) {
  const [result, setResult] = useState<AuditVerificationBody | null>(null);
  const verifying = useAction(async () => {
    setResult(null);
    setResult(await get<AuditVerificationBody>('/audit/verification'));
    onVerified();
  });
  return (
    <>
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
    </>
  );
}

function Verdict({ result }: { readonly result: AuditVerificationBody }) {
  const { intact, findingCount, findings, rows, blocks, unsealed, anchors } = result;
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
      </Note>
      {findings.length > 0 && <FindingTable findings={findings} total={findingCount} />}
    </>
  );
}
