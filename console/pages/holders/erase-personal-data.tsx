import { useState } from 'preact/hooks';
import { useAction } from '../../app/action.js';
import { at, call } from '../../app/api.js';
import { navigate, pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Dialog } from '../../ui/dialog.js';
import { LongTextField } from '../../ui/field.js';

const words = texts.holders.erase;

export interface ErasePersonalDataProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Asks for the reason, and erases for good. */
export function ErasePersonalData({ id, name, onClose }: ErasePersonalDataProps) {
  const [reason, setReason] = useState('');
  const erasing = useAction(async () => {
    await call('POST', at`/holders/${id}/erase`, { body: { reason } });
    navigate(pageUrl('/holders', { done: 'erased' }));
  });
  return (
    <Dialog title={words.ask(name)} confirm={words.confirm} action={erasing} onClose={onClose}>
      <p>
        {words.intro} <strong>{words.forGood}</strong>
      </p>
      <LongTextField
        label={words.reason}
        hint={words.reasonHint}
        required
        maxLength={1_000}
        value={reason}
        onChange={setReason}
      />
    </Dialog>
  );
}
