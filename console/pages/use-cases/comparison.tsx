import type { ProcessVersionBody } from '../../../src/variants/deployments/process-routes.js';
import { navigate, pageUrl, usePlace } from '../../app/router.js';
import { texts } from '../../texts.js';
import { ChoiceField } from '../../ui/field.js';
import { SideBySide } from './side-by-side.js';
import { chosen, versionKey, versionOf, type UseCaseDetails } from './use-case-data.js';

const words = texts.useCases.compare;

/** Any two versions of the use case's diagrams; which ones is in the address. */
export function Comparison({ useCase, versions }: UseCaseDetails) {
  const { path, query } = usePlace();
  const [left, right] = sides({ useCase, versions }, query);
  if (left === undefined || right === undefined) return null;
  const choices = versions.map(
    (each) => [versionKey(each), words.option(each.name, each.version, isUsed(each, versions))] as const,
  );
  const show = (pair: { readonly left?: string; readonly right?: string }) => {
    navigate(pageUrl(path, { left: versionKey(left), right: versionKey(right), ...pair }), { replace: true });
  };
  return (
    <section aria-labelledby="compare">
      <h2 id="compare">{words.title}</h2>
      <div class="pair">
        <ChoiceField
          label={words.left}
          value={versionKey(left)}
          choices={choices}
          onChange={(value) => show({ left: value })}
        />
        <ChoiceField
          label={words.right}
          value={versionKey(right)}
          choices={choices}
          onChange={(value) => show({ right: value })}
        />
      </div>
      <SideBySide left={left} right={right} />
    </section>
  );
}

/** What the address names; else what is in use beside what could be chosen instead. */
function sides({ useCase, versions }: Pick<UseCaseDetails, 'useCase' | 'versions'>, query: URLSearchParams) {
  const named = (side: string) => versions.find((each) => versionKey(each) === query.get(side));
  const choice = chosen(useCase);
  const used = (choice === null ? undefined : versionOf(versions, choice)) ?? versions[0];
  const newer = versions.find(
    (each) => each.processDefinitionKey === used?.processDefinitionKey && each.version > used.version,
  );
  const other = versions.find(({ processDefinitionKey }) => processDefinitionKey !== used?.processDefinitionKey);
  return [named('left') ?? used, named('right') ?? newer ?? other ?? used] as const;
}

function isUsed(
  { variant, chosenForAll, chosenForCardTypes, processDefinitionKey, version }: ProcessVersionBody,
  all: readonly ProcessVersionBody[],
): boolean {
  if (variant === null)
    return all.find((each) => each.processDefinitionKey === processDefinitionKey)?.version === version;
  return chosenForAll || chosenForCardTypes.length > 0;
}
