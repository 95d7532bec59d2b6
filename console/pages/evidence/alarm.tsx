import { useState } from 'preact/hooks';
import type { AuditSealingBody } from '../../../src/records/audit/evidence-routes.js';
import { useAction } from '../../app/action.js';
import { at, call } from '../../app/api.js';
import { texts } from '../../texts.js';
import { Dialog } from '../../ui/dialog.js';
import { LongTextField } from '../../ui/field.js';
import { Note } from '../../ui/note.js';
import { Time } from '../../ui/time.js';
import { FindingTable } from './findings.js';

const words = texts.evidence.alarm;

export interface AlarmProps {
  readonly alarm: NonNullable<AuditSealingBody['alarm']>;
  readonly onAcknowledged: () => void;
}

/** The alarm that waits, with what was found, and the way to acknowledge it. */
export function Alarm({ alarm, onAcknowledged }: AlarmProps) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const acknowledging = useAction(async () => {
    await call('POST', at`/audit/alarms/${alarm.id}/acknowledgement`, { body: { reason } });
    onAcknowledged();
  });
  return (
    <section class="card" aria-labelledby="alarm">
      <h2 id="alarm">{words.title}</h2>
      <Note tone="bad">
        <p>
          <strong>
            {words.since} <Time at={alarm.raisedAt} />. {words.stopped}
          </strong>
        </p>
        <p>{words.what}</p>
      </Note>
      <FindingTable findings={alarm.findings} total={alarm.findingCount} />
      <div class="actions">
        <button type="button" onClick={() => setAsking(true)}>
          {words.acknowledge}
        </button>
      </div>
      {asking && (
        <Dialog title={words.ask} confirm={words.acknowledge} action={acknowledging} onClose={() => setAsking(false)}>
          <p>{words.effect}</p>
          <LongTextField
            label={words.reason}
            hint={words.reasonHint}
            required
            maxLength={1_000}
            rows={3}
            value={reason}
            onChange={setReason}
          />
        </Dialog>
      )}
    </section>
  );
}
