import { appendAudit } from '../../records/index.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import { technicalAccounts } from '../../domain/roles.js';
import type { EngineClient } from '../../engine/client.js';
import type { DeployedFiles } from '../../engine/deployed-files.js';
import { deploymentSource, listDefinitions, unitOf, type DeployedDefinition } from '../../engine/deployment.js';
import { readDiagram } from '../../process/diagram.js';
import { recordVersions } from '../use-cases/use-case-store.js';
import { readKnownDefinitions, recordDeployment } from './deployment-store.js';
import type { DeploymentOrigin } from './deployment-types.js';

interface AdoptingDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  readonly system: string;
  readonly files: DeployedFiles;
}

/**
 * Puts deployments on record that the engine took and we did not: the server died in between, or the engine's answer was
 * lost. Who deployed is in the engine's deployment; deployments that are not ours are left alone.
 * @returns process keys and versions that were found
 */
export async function adoptDefinitions(deps: AdoptingDeps): Promise<string[]> {
  const missing = async (): Promise<DeployedDefinition[]> => {
    const known = await readKnownDefinitions(deps.db);
    return (await listDefinitions(deps.engine, deps.system)).filter(({ definitionId }) => !known.has(definitionId));
  };
  // A look without the lock first: nearly always there is nothing to do, and nobody has to wait for it.
  if ((await missing()).length === 0) return [];
  return exclusively(deps.db, 'deployment', async () => {
    const adopted: string[] = [];
    for (const definition of await missing()) {
      if (await adopt(deps, definition)) adopted.push(`${definition.processKey} ${definition.version}`);
    }
    return adopted;
  });
}

async function adopt({ db, engine, system, files }: AdoptingDeps, definition: DeployedDefinition): Promise<boolean> {
  const { processKey, version, deploymentId } = definition;
  const path = `/deployment/${encodeURIComponent(deploymentId)}`;
  const { source } = await engine.call<{ source: string | null }>({ user: system, path });
  const maker = makerOf(source);
  if (maker === null) return false;
  const deployed = await files.get(definition.definitionId);
  const diagramFile = deployed.find(({ name }) => name === `${processKey}.bpmn`);
  if (diagramFile === undefined) return false;
  const diagram = await readDiagram(diagramFile.content);
  const forms = diagram.formRefs.flatMap((ref) => deployed.find(({ name }) => name === `${ref}.form`) ?? []);
  const { hash } = unitOf(diagram, [diagramFile, ...forms]);
  const { name, useCase, variant } = diagram;
  await db.transaction(async (trx) => {
    await recordDeployment(trx, { id: deploymentId, ...maker });
    const facts = {
      name,
      useCase,
      variant,
      sourceHash: hash,
      deployedBy: maker.author,
      shipped: maker.origin === 'product',
    };
    await recordVersions(trx, [{ ...definition, ...facts }]);
    await appendAudit(trx, [
      {
        actor: maker.author,
        action: 'process-deployed',
        objectType: 'process',
        objectId: processKey,
        processKey,
        processVersion: version,
        details: { origin: maker.origin, ...definition, sourceHash: hash, recordedLater: true },
      },
    ]);
  });
  return true;
}

/** Who deployed from where, as the gate writes it into the engine's deployment; null where it was not the gate. */
function makerOf(source: string | null): { author: string; origin: DeploymentOrigin } | null {
  // Before there was a gate only the product itself deployed, and named nobody.
  if (source === deploymentSource) return { origin: 'product', author: technicalAccounts.server };
  const [ours, origin, ...author] = (source ?? '').split('/');
  if (ours !== deploymentSource || !isOrigin(origin) || author.length === 0) return null;
  return { origin, author: author.join('/') };
}

function isOrigin(text: string | undefined): text is DeploymentOrigin {
  return text === 'product' || text === 'modeler' || text === 'api';
}
