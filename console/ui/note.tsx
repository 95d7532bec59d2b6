import type { ComponentChildren } from 'preact';
import type { Refusal } from '../app/api.js';
import { texts } from '../texts.js';

export interface NoteProps {
  readonly tone?: 'plain' | 'good' | 'bad';
  readonly children: ComponentChildren;
}

/** A sentence that stands out. What went wrong is read out at once, the rest when there is a pause. */
export function Note({ tone = 'plain', children }: NoteProps) {
  return (
    <div class={tone === 'plain' ? 'note' : `note ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** Why something was refused and what to do, with the wrong fields, and a way to try again where that may help. */
export function RefusalNote({ refusal, retry }: { readonly refusal: Refusal; readonly retry?: () => void }) {
  return (
    <Note tone="bad">
      <p>
        <strong>{refusal.title}</strong>
      </p>
      <p>{refusal.detail}</p>
      {refusal.errors.length > 1 && (
        <ul>
          {refusal.errors.map(({ field, message }) => (
            <li key={field}>
              {field}: {message}
            </li>
          ))}
        </ul>
      )}
      {refusal.code === 'internal' && refusal.requestId !== null && (
        <p class="soft">
          {texts.common.requestId} <code>{refusal.requestId}</code>
        </p>
      )}
      {retry !== undefined && (
        <p>
          <button type="button" class="quiet" onClick={retry}>
            {texts.common.tryAgain}
          </button>
        </p>
      )}
    </Note>
  );
}
