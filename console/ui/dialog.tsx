import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Action } from '../app/action.js';
import { texts } from '../texts.js';
import { RefusalNote } from './note.js';

export interface DialogProps {
  readonly title: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly action: Pick<Action<[]>, 'busy' | 'refusal' | 'run'>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * Asks before something is done. The browser's own modal dialog keeps the focus inside, ends with Escape and gives the focus
 * back to what opened it. It closes when the action is done; a refusal is shown in it.
 */
export function Dialog({ title, confirm, action, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await action.run()) dialog.current?.close();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={heading}>{title}</h2>
        {children}
        {action.refusal !== null && <RefusalNote refusal={action.refusal} />}
        <div class="actions">
          <button disabled={action.busy}>{confirm}</button>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            {texts.common.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
