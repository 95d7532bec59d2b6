import { useCaseIds, useCases } from '../../process/contract/index.js';
import type { Diagram } from '../../process/diagram.js';
import type { FileFinding } from '../../process/model-checks/index.js';
import type { StoredVersion } from './deployment-store.js';
import type { DeployedProcess, JudgedUnit, VersionState } from './deployment-types.js';

/**
 * Processes that people or messages start by key, which always means their newest version: deployed is live. The entry
 * processes of the contract with their companions, other diagrams that are no variants, and variants that nobody chooses.
 */
export function goesLiveAtOnce(diagram: Diagram): boolean {
  return diagram.variant === null || variantsThatFollow.has(diagram.useCase ?? '');
}

/** Use cases whose variant follows from the state of others, in its newest version. */
const variantsThatFollow: ReadonlySet<string> = new Set(useCaseIds.filter((id) => useCases[id].variantFollows));

/** Keys of the processes that the contract starts by key. */
const startedByKey: readonly string[] = Object.values(useCases).flatMap(({ entryProcess, companions }) => [
  entryProcess,
  ...companions,
]);

/**
 * A process stays what it is: a variant could otherwise take the place of an entry process, or one variant that of
 * another, past the administrator's choice.
 * @param versions the newest version of each process
 */
export function identityFindings(file: string, diagram: Diagram, versions: readonly StoredVersion[]): FileFinding[] {
  const { processKey, useCase, variant } = diagram;
  const finding = (message: string) => [{ file, rule: 'process-identity', element: processKey, message }];
  if (variant !== null && startedByKey.includes(processKey)) {
    return finding(
      `${processKey} is started by people, so it cannot be a variant: give the variant a process id of its own.`,
    );
  }
  const before = versions.find((each) => each.processKey === processKey);
  if (before !== undefined && (before.useCase !== useCase || before.variant !== variant)) {
    const was = before.variant === null ? 'no variant' : `the variant ${before.variant} of ${before.useCase}`;
    return finding(`${processKey} is ${was} and stays it: give the new diagram a process id of its own.`);
  }
  const namesake = versions.find(
    (each) => each.variant !== null && each.useCase === useCase && each.variant === variant,
  );
  if (namesake !== undefined && namesake.processKey !== processKey) {
    return finding(`The variant ${variant} is the process ${namesake.processKey}: give this one another variant name.`);
  }
  return [];
}

/** What a version of a unit means once it is deployed. */
export function outcomeOf(
  { diagram }: JudgedUnit,
  newest: StoredVersion | null,
  deployed: { readonly version: number; readonly definitionId: string | null; readonly unchanged: boolean },
): DeployedProcess {
  const { processKey, name, useCase, variant } = diagram;
  const { version, definitionId, unchanged } = deployed;
  const state = stateOf(diagram, newest, unchanged);
  const facts = { processKey, name, useCase, variant, version, definitionId, state };
  return { ...facts, sentence: sentences[state](facts) };
}

function stateOf(diagram: Diagram, newest: StoredVersion | null, unchanged: boolean): VersionState {
  if (unchanged) return 'unchanged';
  if (goesLiveAtOnce(diagram)) return 'live';
  return newest?.chosen === true ? 'waits-for-release' : 'choosable';
}

const sentences: Record<VersionState, (process: Omit<DeployedProcess, 'sentence'>) => string> = {
  unchanged: ({ processKey, version }) => `${processKey} has not changed since version ${version}.`,
  live: ({ processKey, version }) =>
    startedByKey.includes(processKey)
      ? `${processKey} version ${version} is live: new starts take it.`
      : `${processKey} version ${version} is deployed. It is no variant: it runs where a diagram calls it, or by its own message or timer.`,
  choosable: ({ useCase, variant, version }) =>
    `Version ${version} of the variant ${variant} is there. An administrator can choose it: ` +
    `npm run cards -- use-case enable ${useCase} --variant ${variant} --version ${version}`,
  'waits-for-release': ({ useCase, variant, version }) =>
    `Version ${version} of the variant ${variant} waits for an administrator: ` +
    `npm run cards -- use-case release ${useCase} --variant ${variant} --version ${version}`,
};
