import { useState } from 'preact/hooks';
import { useAction } from '../../app/action.js';
import { at, call } from '../../app/api.js';
import { navigate, pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Dialog } from '../../ui/dialog.js';

const words = texts.backends.remove;

/** Deletes a backend that nothing uses; the refusal of another one says what does. */
export function DeleteBackend({ id, name }: { readonly id: string; readonly name: string }) {
  const [asking, setAsking] = useState(false);
  const deleting = useAction(async () => {
    await call('DELETE', at`/backends/${id}`);
    navigate(pageUrl('/backends', { done: 'deleted' }));
  });
  const close = () => {
    deleting.clear();
    setAsking(false);
  };
  return (
    <section class="card record" aria-labelledby="delete">
      <h2 id="delete">{words.title}</h2>
      <p>{words.intro}</p>
      <p>
        <button type="button" class="quiet" onClick={() => setAsking(true)}>
          {words.button}
        </button>
      </p>
      {asking && (
        <Dialog title={words.ask(name)} confirm={words.confirm} action={deleting} onClose={close}>
          <p>{words.intro}</p>
        </Dialog>
      )}
    </section>
  );
}
