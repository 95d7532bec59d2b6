import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readDiagram, type Diagram } from '../process/diagram.js';
import type { EngineClient } from './client.js';

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
        diagram.formRefs.map(async (ref) => ({ name: `${ref}.form`, content: await readFile(join(folder, `${ref}.form`), 'utf8') })),
      );
      return unitOf(diagram, [{ name: basename(name), content: xml }, ...forms]);
    }),
  );
}

function unitOf(diagram: Diagram, files: DeploymentUnit['files']): DeploymentUnit {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.name}\n${file.content.length}\n${file.content}`);
  return { diagram, files, hash: hash.digest('hex') };
}

/**
 * Deploys a unit unless the newest deployment of its name holds the very same files, and tells the version that is
 * there now. (`deploy-changed-only` is never sent: it would leave unchanged forms out and so break bound forms.)
 */
export async function deployUnit(engine: EngineClient, user: string, unit: DeploymentUnit): Promise<DeployedDefinition> {
  const { processKey } = unit.diagram;
  const body = new FormData();
  body.set('deployment-name', processKey);
  body.set('deployment-source', 'open-card-requests');
  body.set('enable-duplicate-filtering', 'true');
  for (const file of unit.files) body.set(file.name, new File([file.content], file.name, { type: 'application/octet-stream' }));
  await engine.raw({ user, method: 'POST', path: '/deployment/create', body, timeoutMs: 60_000 });
  const [definition] = await engine.call<{ id: string; version: number }[]>({
    user,
    path: '/process-definition',
    query: { key: processKey, latestVersion: true },
  });
  if (definition === undefined) throw new Error(`The engine took ${processKey} but does not list it.`);
  return { definitionId: definition.id, processKey, version: definition.version };
}
