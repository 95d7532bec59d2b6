import { useState } from 'preact/hooks';
import { useAction } from '../../app/action.js';
import { at, call } from '../../app/api.js';
import { texts } from '../../texts.js';
import { Note, RefusalNote } from '../../ui/note.js';

const words = texts.mails;

/** Sends a mail again that was not sent. */
export function SendAgain({ id, onSent }: { readonly id: string; readonly onSent: () => void }) {
  const sending = useAction(async () => {
    await call('POST', at`/mails/${id}/send-again`);
    onSent();
  });
  return (
    <>
      <p>
        <button type="button" disabled={sending.busy} onClick={() => void sending.run()}>
          {words.again}
        </button>
      </p>
      {sending.refusal !== null && <RefusalNote refusal={sending.refusal} />}
    </>
  );
}

/** Sends every mail again that was not sent. */
export function SendFailedAgain() {
  const [sent, setSent] = useState<number | null>(null);
  const sending = useAction(async () => {
    const { body } = await call<{ readonly mails: number }>('POST', '/mails/send-again');
    setSent(body.mails);
  });
  return (
    <>
      <button type="button" class="quiet" disabled={sending.busy} onClick={() => void sending.run()}>
        {words.failedAgain}
      </button>
      <div role="status">{sent !== null && <Note tone="good">{words.sentAgain(sent)}</Note>}</div>
      {sending.refusal !== null && <RefusalNote refusal={sending.refusal} />}
    </>
  );
}
