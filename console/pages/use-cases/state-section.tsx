import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import { choiceText, chosen, contractOf, versionOf, type UseCaseDetails } from './use-case-data.js';

const words = texts.useCases;

/** Whether it is enabled and how it is done now, with the ways to change that. */
export function StateSection({ useCase, versions, history }: UseCaseDetails) {
  const { id, enabled, variants } = useCase;
  const choice = chosen(useCase);
  const { variantFollows, firstVariant, follows } = contractOf(id);
  const newer = variants.find((each) => each.id === choice?.variant && each.version > choice.version);
  const change = (query: Record<string, string | null>) => pageUrl(`/use-cases/${id}/change`, query);
  return (
    <section class="card" aria-labelledby="state">
      <h2 id="state">
        {words.state.title} <Badge text={enabled ? words.enabled : words.disabled} tone={enabled ? 'good' : 'plain'} />
      </h2>
      {!enabled && <p>{words.state.disabled}</p>}
      {follows !== null && (
        <p>
          {words.state.goesBy(contractOf(follows).name)}{' '}
          <a href={pageUrl(`/use-cases/${follows}`)}>{contractOf(follows).name}</a>
        </p>
      )}
      {variantFollows && follows === null && <p>{variants.length > 1 ? words.state.follows : words.state.oneWay}</p>}
      {!variantFollows && choice === null && <p>{words.state.never}</p>}
      {choice !== null && (
        <p>
          {enabled
            ? words.state.by(versionOf(versions, choice)?.name ?? choice.variant, choice.version)
            : choiceText(useCase, choice)}
        </p>
      )}
      {newer !== undefined && (
        <p>
          <strong>{words.state.waiting(newer.name, newer.version)}</strong>
        </p>
      )}
      {follows === null && (
        <div class="actions">
          {enabled ? (
            <a class="button quiet" href={change({ do: 'disable' })}>
              {words.state.disable}
            </a>
          ) : (
            <a
              class="button"
              href={change({ do: 'enable', variant: variantFollows ? null : (choice?.variant ?? firstVariant) })}
            >
              {words.state.enable}
            </a>
          )}
          {history.length > 1 && (
            <a class="button quiet" href={change({ do: 'undo' })}>
              {words.state.undo}
            </a>
          )}
        </div>
      )}
    </section>
  );
}
