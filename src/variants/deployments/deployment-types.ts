import type { ModelFile } from '../../process/model-checks/index.js';
import type { Diagram } from '../../process/diagram.js';
import type { Reading } from '../../process/reading/reading.js';

/** How files came to the gate. */
export type DeploymentOrigin = 'product' | 'modeler' | 'api';

/** Diagrams and forms that somebody wants to deploy together. */
export interface Upload {
  readonly files: readonly ModelFile[];
  readonly origin: DeploymentOrigin;
  /** Leaves out diagrams that are the same as their newest version, forms included. */
  readonly onlyChanged: boolean;
  /** Only reports what would happen. */
  readonly dryRun: boolean;
  /** Aborted when nobody waits for the answer any more: then nothing is deployed. */
  readonly signal?: AbortSignal;
}

/** A deployed diagram as the checks see it: the version that counts, with what was deployed beside it. */
export interface DeployedModel {
  readonly processKey: string;
  readonly diagram: ModelFile;
  /** All forms of its deployment; it may refer to none of them. */
  readonly forms: readonly ModelFile[];
}

/** An uploaded diagram with the forms it refers to: uploaded ones first, else those that are deployed. */
export interface JudgedUnit {
  readonly diagram: Diagram;
  /** What the rules took the diagram for: what the engine has to run. */
  readonly reading: readonly Reading[];
  readonly files: readonly ModelFile[];
}

/** What a version means for new starts. */
export type VersionState =
  /** The same as the newest version; nothing was deployed. */
  | 'unchanged'
  /** A variant that is not in use: an administrator can choose it. */
  | 'choosable'
  /** A variant in use: it keeps running in its released version until an administrator releases this one. */
  | 'waits-for-release'
  /** What people and messages start from now on. */
  | 'live';

export interface DeployedProcess {
  readonly processKey: string;
  readonly name: string;
  readonly useCase: string | null;
  readonly variant: string | null;
  readonly version: number;
  /** Null after a dry run. */
  readonly definitionId: string | null;
  readonly state: VersionState;
  /** What that means and what to do next, for a person. */
  readonly sentence: string;
}

export interface DeploymentResult {
  /** Id of the engine's deployment; null where nothing was deployed. */
  readonly deploymentId: string | null;
  readonly dryRun: boolean;
  readonly processes: readonly DeployedProcess[];
}
