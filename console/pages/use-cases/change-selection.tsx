import { navigate, pageUrl, usePlace } from '../../app/router.js';
import { texts } from '../../texts.js';
import { ChoiceField } from '../../ui/field.js';
import type { Change } from './changes.js';
import type { UseCaseDetails } from './use-case-data.js';

const words = texts.useCases.change;

/** Fields that a change leaves open; choosing another value shows another preview. */
export function ChangeSelection({
  details: { useCase, versions, cardTypes },
  change: { kind, choice, cardType },
}: {
  readonly details: UseCaseDetails;
  readonly change: Change;
}) {
  const { path } = usePlace();
  if (choice === null || kind === 'undo' || kind === 'disable') return null;
  const show = (query: Record<string, string | null>) => {
    navigate(
      pageUrl(path, { do: kind, variant: choice.variant, version: String(choice.version), cardType, ...query }),
      { replace: true },
    );
  };
  const deployed = versions.filter(({ variant }) => variant === choice.variant);
  const versionText = (version: number, isChosen: boolean) => {
    const notes = [...(version === deployed[0]?.version ? [words.newest] : []), ...(isChosen ? [words.released] : [])];
    return notes.length === 0 ? String(version) : `${version} (${notes.join(', ')})`;
  };
  return (
    <div class="pair">
      {cardType !== null && (
        <ChoiceField
          label={words.cardType}
          value={cardType}
          choices={cardTypes.map(({ id, name }) => [id, name] as const)}
          onChange={(value) => show({ cardType: value })}
        />
      )}
      {kind !== 'follow' && (
        <>
          <ChoiceField
            label={words.variant}
            value={choice.variant}
            choices={useCase.variants.map(({ id, name }) => [id, name] as const)}
            onChange={(value) => show({ variant: value, version: null })}
          />
          <ChoiceField
            label={words.versionLabel}
            value={String(choice.version)}
            choices={deployed.map(
              ({ version, chosenForAll }) => [String(version), versionText(version, chosenForAll)] as const,
            )}
            onChange={(value) => show({ version: value })}
          />
        </>
      )}
    </div>
  );
}
