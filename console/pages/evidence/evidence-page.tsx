import { useState } from 'preact/hooks';
import type { AuditBlockBody, AuditSealingBody } from '../../../src/records/audit/evidence-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import type { Column } from '../../ui/data-table.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Note } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { RecordList } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';
import { Alarm } from './alarm.js';
import { Keys } from './keys.js';
import { PastAlarms } from './past-alarms.js';
import { Places } from './places.js';
import { Verification } from './verification.js';

const words = texts.evidence;

/** How often the state is read again while the page is seen (ms). */
const readEveryMs = 15_000;

const blockColumns: readonly [Column<AuditBlockBody>, ...Column<AuditBlockBody>[]] = [
  { heading: words.blocks.columns.block, cell: ({ number }) => number },
  { heading: words.blocks.columns.sealed, cell: ({ sealedAt }) => <Time at={sealedAt} /> },
  { heading: words.blocks.columns.rows, cell: ({ rows, firstId, lastId }) => words.blocks.rows(rows, firstId, lastId) },
  { heading: words.blocks.columns.key, cell: ({ keyId }) => keyId ?? words.keys.unsigned },
  { heading: words.blocks.columns.hash, cell: ({ hash }) => <code class="hash">{hash}</code> },
];

/** Whether the audit log is sealed and still as it was, what proves it, and the alarm that waits. */
export default function EvidencePage() {
  const [acknowledged, setAcknowledged] = useState(false);
  const sealing = useResource('sealing', (signal) => get<AuditSealingBody>('/audit/sealing', {}, signal), readEveryMs);
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded resource={sealing}>
        {(state) => (
          <>
            {state.alarm !== null && (
              <Alarm
                key={state.alarm.id}
                alarm={state.alarm}
                onAcknowledged={() => {
                  setAcknowledged(true);
                  sealing.reload();
                }}
              />
            )}
            {acknowledged && state.alarm === null && <Note tone="good">{words.alarm.acknowledged}</Note>}
            <section class="card" aria-labelledby="seal">
              <h2 id="seal">{words.seal.title}</h2>
              <SealFacts state={state} />
              <Verification
                onVerified={() => {
                  setAcknowledged(false);
                  sealing.reload();
                }}
              />
            </section>
            <Places {...state} />
            <Keys {...state} />
            <PastAlarms {...state} />
          </>
        )}
      </Loaded>
      <h2>{words.blocks.title}</h2>
      <RecordList
        from="/audit/blocks"
        caption={words.blocks.caption}
        filters={[]}
        columns={blockColumns}
        keyOf={({ number }) => number}
        empty={words.blocks.empty}
      />
    </Page>
  );
}

function SealFacts({
  state: { alarm, head, waiting, signingKey, lastVerified },
}: {
  readonly state: AuditSealingBody;
}) {
  return (
    <Facts
      facts={[
        [words.seal.state, alarm === null ? words.seal.running : words.seal.stopped],
        [
          words.seal.head,
          head === null ? (
            words.seal.none
          ) : (
            <>
              {words.seal.headOf(head.block)} <Time at={head.sealedAt} />
            </>
          ),
        ],
        [words.seal.hash, head === null ? null : <code class="hash">{head.hash}</code>],
        [words.seal.waiting, waiting === 0 ? null : words.seal.rows(waiting)],
        [words.seal.signed, signingKey === null ? words.seal.unsigned : <code>{signingKey}</code>],
        [
          words.seal.lastVerified,
          lastVerified === null ? (
            words.seal.never
          ) : (
            <>
              <Time at={lastVerified.at} /> {words.seal.by(lastVerified.by)}. {words.seal.result(lastVerified.findings)}
            </>
          ),
        ],
      ]}
    />
  );
}
