import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readDiagram, type Diagram } from '../process/diagram.js';
import { isEngineError, type EngineClient, type EngineError } from './client.js';

/** One diagram with the forms it refers to: what is deployed together, since forms are bound to their deployment. */
export interface DeploymentUnit {
  readonly diagram: Diagram;
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** SHA-256 over names and contents, hex. */
  readonly hash: string;
}

export interface DeployedDefinition {
  readonly definitionId: string;
  readonly processKey: string;
  readonly version: number;
  readonly deploymentId: string;
}

/**
 * Reads the diagrams of a folder, each with its forms.
 * @throws DiagramError for a diagram that cannot be read, Error for a form that is not there
 */
export async function readUnits(folder: string): Promise<DeploymentUnit[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bpmn')).sort();
  return Promise.all(
    names.map(async (name) => {
      const xml = await readFile(join(folder, name), 'utf8');
      const diagram = await readDiagram(xml);
      const forms = await Promise.all(
        diagram.formRefs.map(async (ref) => ({
          name: `${ref}.form`,
          content: await readFile(join(folder, `${ref}.form`), 'utf8'),
        })),
      );
      return unitOf(diagram, [{ name: basename(name), content: xml }, ...forms]);
    }),
  );
}

/** A diagram with its forms, ready to be deployed; the same contents have the same hash wherever they come from. */
export function unitOf(diagram: Diagram, files: DeploymentUnit['files']): DeploymentUnit {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.name}\n${file.content.length}\n${file.content}`);
  return { diagram, files, hash: hash.digest('hex') };
}

/** What an engine deployment of ours says as its source; behind a slash stands who asked for it and from where. */
export const deploymentSource = 'open-card-requests';

export interface NewDeployment {
  /** Shown in Cockpit. */
  readonly name: string;
  readonly source: string;
  /** Skips it where the newest deployment of the same name holds the very same files. */
  readonly unlessSame?: boolean;
}

/**
 * Deploys units in one deployment of the engine: all of them or none. (`deploy-changed-only` is never sent: it would
 * leave unchanged forms out and so break bound forms.)
 * @returns the versions that are there now, in the order of the units
 * @throws EngineError as `isParserRefusal` for a diagram that the engine cannot run
 */
export async function deployUnits(
  engine: EngineClient,
  user: string,
  units: readonly DeploymentUnit[],
  { name, source, unlessSame = false }: NewDeployment,
): Promise<DeployedDefinition[]> {
  const body = new FormData();
  body.set('deployment-name', name);
  body.set('deployment-source', source);
  if (unlessSame) body.set('enable-duplicate-filtering', 'true');
  for (const file of units.flatMap((unit) => unit.files)) {
    body.set(file.name, new File([file.content], file.name, { type: 'application/octet-stream' }));
  }
  await engine.raw({ user, method: 'POST', path: '/deployment/create', body, timeoutMs: 60_000 });
  const found: DeployedDefinition[] = [];
  for (const { diagram } of units) {
    const definition = await newestDefinition(engine, user, diagram.processKey);
    if (definition === null) throw new Error(`The engine took ${diagram.processKey} but does not list it.`);
    found.push(definition);
  }
  return found;
}

/**
 * Whether the engine's parser refused a deployment. It answers 400, or 500 for XML that is not well-formed, and then
 * only the code in front of its message (`ENGINE-09nnn`, those of its BPMN parser) distinguishes that from a fault of its own.
 */
export function isParserRefusal(raw: unknown): raw is EngineError {
  return isEngineError(raw, 400) || (isEngineError(raw, 500) && /^ENGINE-09\d{3} /.test(raw.message));
}

/** Deploys one unit under the key of its process, unless nothing has changed. */
export async function deployUnit(
  engine: EngineClient,
  user: string,
  unit: DeploymentUnit,
): Promise<DeployedDefinition> {
  const how = { name: unit.diagram.processKey, source: deploymentSource, unlessSame: true };
  const [definition] = await deployUnits(engine, user, [unit], how);
  if (definition === undefined) throw new Error('A deployed unit has a definition.');
  return definition;
}

/** The version of a process that the engine runs when it is started by key; null while it is not deployed. */
export async function newestDefinition(
  engine: EngineClient,
  user: string,
  processKey: string,
): Promise<DeployedDefinition | null> {
  const [found] = await engine.call<EngineDefinition[]>({
    user,
    path: '/process-definition',
    query: { key: processKey, latestVersion: true },
  });
  return found === undefined ? null : toDefinition(found);
}

/** Every definition of the engine, of all versions. */
export async function listDefinitions(engine: EngineClient, user: string): Promise<DeployedDefinition[]> {
  return (await engine.call<EngineDefinition[]>({ user, path: '/process-definition' })).map(toDefinition);
}

/** Every decision table of the engine, of all versions; `processKey` is the key of the decision. */
export async function listDecisions(engine: EngineClient, user: string): Promise<DeployedDefinition[]> {
  return (await engine.call<EngineDefinition[]>({ user, path: '/decision-definition' })).map(toDefinition);
}

interface EngineDefinition {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly deploymentId: string;
}

function toDefinition({ id, key, version, deploymentId }: EngineDefinition): DeployedDefinition {
  return { definitionId: id, processKey: key, version, deploymentId };
}
