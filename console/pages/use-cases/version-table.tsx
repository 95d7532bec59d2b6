import type { ProcessVersionBody } from '../../../src/variants/deployments/process-routes.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { Time } from '../../ui/time.js';
import { contractOf, versionKey, type UseCaseDetails } from './use-case-data.js';

const words = texts.useCases.variants;

/** What is deployed: by whom, what runs in it, who takes it, and the ways to take another. */
export function VersionTable({ useCase, versions }: UseCaseDetails) {
  const choosable = !contractOf(useCase.id).variantFollows;
  const inUse = new Set([useCase.variant, ...Object.values(useCase.cardTypes).map(({ variant }) => variant)]);
  return (
    <section aria-labelledby="variants">
      <h2 id="variants">{words.title}</h2>
      <DataTable
        caption={words.caption}
        rows={versions}
        keyOf={versionKey}
        empty={words.empty}
        columns={[
          { heading: words.name, cell: ({ name }) => name },
          { heading: words.version, cell: ({ version }) => version },
          { heading: words.deployed, cell: (version) => <Origin {...version} /> },
          { heading: words.running, cell: ({ instances }) => instances },
          { heading: words.use, cell: (version) => useText(version, versions) },
          ...(choosable
            ? [
                {
                  heading: words.change,
                  cell: (version: ProcessVersionBody) => (
                    <ChangeLink useCase={useCase.id} version={version} inUse={inUse} />
                  ),
                },
              ]
            : []),
        ]}
      />
    </section>
  );
}

function Origin({ deployedBy, deployedAt, origin }: ProcessVersionBody) {
  return (
    <>
      {words.by(deployedBy)}, <Time at={deployedAt} />
      <p class="soft">{words.origins[origin ?? ''] ?? ''}</p>
    </>
  );
}

function useText(
  { variant, processDefinitionKey, version, chosenForAll, chosenForCardTypes }: ProcessVersionBody,
  all: readonly ProcessVersionBody[],
): string {
  if (variant === null)
    return all.find((each) => each.processDefinitionKey === processDefinitionKey)?.version === version
      ? words.live
      : words.unused;
  const uses = [
    ...(chosenForAll ? [words.forAll] : []),
    ...(chosenForCardTypes.length > 0 ? [words.forTypes(chosenForCardTypes)] : []),
  ];
  return uses.length === 0 ? words.unused : uses.join(', ');
}

/** A version of a variant in use is released; one of another variant is chosen. */
function ChangeLink({
  useCase,
  version,
  inUse,
}: {
  readonly useCase: string;
  readonly version: ProcessVersionBody;
  readonly inUse: ReadonlySet<string | null>;
}) {
  if (version.variant === null || version.chosenForAll) return null;
  const release = inUse.has(version.variant);
  const text = release ? words.release : words.choose;
  const href = pageUrl(`/use-cases/${useCase}/change`, {
    do: release ? 'release' : 'choose',
    variant: version.variant,
    version: String(version.version),
  });
  return (
    <a href={href} aria-label={`${text} ${texts.useCases.version(version.name, version.version)}`}>
      {text}
    </a>
  );
}
