import { useState } from 'preact/hooks';
import type { UseCaseStateBody } from '../../../src/variants/use-cases/use-case-routes.js';
import { useAction } from '../../app/action.js';
import { asRefusal, at, get } from '../../app/api.js';
import { navigate, pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { LongTextField } from '../../ui/field.js';
import { Note, RefusalNote } from '../../ui/note.js';
import type { Records } from '../../ui/record-list.js';
import { makeChange, type Change } from './changes.js';
import { stateText, type UseCaseDetails } from './use-case-data.js';

const words = texts.useCases.change;

export interface ChangeFormProps {
  readonly details: UseCaseDetails;
  readonly change: Change;
  /** Reads the use case and its preview anew. */
  readonly reload: () => void;
}

/**
 * The reason and the button. The change is made only upon the state that the preview was made of: when somebody else was
 * quicker, it shows what they did and the current preview, and leaves the decision to the person.
 */
export function ChangeForm({ details, change, reload }: ChangeFormProps) {
  const { useCase } = details;
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [meanwhile, setMeanwhile] = useState<readonly UseCaseStateBody[]>([]);
  const making = useAction(async () => {
    try {
      await makeChange(details, change, reason.trim());
    } catch (raw) {
      if (asRefusal(raw).code !== 'stale') throw raw;
      const { items } = await get<Records<UseCaseStateBody>>(at`/use-cases/${useCase.id}/history`, { limit: 20 });
      setMeanwhile(items.filter(({ revision }) => revision > useCase.revision));
      reload();
      return;
    }
    navigate(pageUrl(`/use-cases/${useCase.id}`, { done: change.kind }));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    setMeanwhile([]);
    if (reason.trim() === '') setWrong(words.reasonMissing);
    else void making.run();
  };
  return (
    <form class="card" onSubmit={submit} noValidate>
      <LongTextField
        label={words.reason}
        hint={words.reasonHint}
        error={wrong}
        maxLength={1_000}
        required
        value={reason}
        onChange={(text) => {
          setWrong(null);
          setReason(text);
        }}
      />
      {meanwhile.length > 0 && (
        <Note tone="bad">
          <p>
            <strong>{words.meanwhile}</strong>
          </p>
          <ul>
            {meanwhile.map((state) => (
              <li key={state.revision}>
                {words.meanwhileChange(state.actor, stateText(useCase, state), state.reason)}
              </li>
            ))}
          </ul>
          <p>{words.meanwhileIntro}</p>
        </Note>
      )}
      {making.refusal !== null && <RefusalNote refusal={making.refusal} />}
      <div class="actions">
        <button disabled={making.busy}>{words.confirm[change.kind]}</button>
        <a class="button quiet" href={pageUrl(`/use-cases/${useCase.id}`)}>
          {words.back}
        </a>
      </div>
    </form>
  );
}
