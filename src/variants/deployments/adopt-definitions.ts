import { appendAudit } from '../../records/index.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import { technicalAccounts } from '../../domain/roles.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import type { Logger } from '../../kernel/log.js';
import type { DeployedFiles } from '../../engine/deployed-files.js';
import { deploymentSource, listDefinitions, unitOf, type DeployedDefinition } from '../../engine/deployment.js';
import { readDeployed } from '../../engine/deployed-readings.js';
import { DiagramError, diagramOf, parseDefinitions } from '../../process/diagram.js';
import { differences } from '../../process/reading/compare-readings.js';
import { judgedReading } from '../../process/reading/judged-reading.js';
import { recordVersions } from '../use-cases/use-case-store.js';
import { readKnownDefinitions, recordDeployment } from './deployment-store.js';
import type { DeploymentOrigin, JudgedUnit } from './deployment-types.js';

interface AdoptingDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  readonly system: string;
  readonly files: DeployedFiles;
  readonly log: Logger;
}

/**
 * Puts deployments on record that the engine took and we did not: the server died in between, or the engine's answer was
 * lost. Who deployed is in the engine's deployment; deployments that are not ours, or that cannot be read, are left alone.
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
      const name = `${definition.processKey} ${definition.version}`;
      try {
        if (await adopt(deps, definition)) adopted.push(name);
      } catch (raw) {
        if (!(raw instanceof DiagramError) && !isEngineError(raw)) throw raw;
        // It is none of ours then, counts as foreign, and holds up no other.
        deps.log.warn({ err: raw, definition }, `${name} cannot be read, so it is not put on record`);
      }
    }
    return adopted;
  });
}

async function adopt({ db, engine, system, files }: AdoptingDeps, definition: DeployedDefinition): Promise<boolean> {
  const { processKey, deploymentId } = definition;
  const path = `/deployment/${encodeURIComponent(deploymentId)}`;
  const { source } = await engine.call<{ source: string | null }>({ user: system, path });
  const maker = makerOf(source);
  if (maker === null) return false;
  const deployed = await files.get(definition.definitionId);
  const diagramFile = deployed.find(({ name }) => name === `${processKey}.bpmn`);
  if (diagramFile === undefined) return false;
  const definitions = await parseDefinitions(diagramFile.content);
  // What the engine runs otherwise than it reads is nothing that the gate has taken.
  const differing = differences(
    judgedReading(definitions),
    await readDeployed(engine, system, definition.definitionId),
  );
  if (differing.length > 0) return false;
  const diagram = diagramOf(definitions);
  const forms = diagram.formRefs.flatMap((ref) => deployed.find(({ name }) => name === `${ref}.form`) ?? []);
  await recordDefinition(db, definition, { diagram, files: [diagramFile, ...forms] }, maker);
  return true;
}

/** Puts a definition that the engine has already on record, as if it had just been deployed. */
export async function recordDefinition(
  db: Knex,
  definition: DeployedDefinition,
  { diagram, files }: Pick<JudgedUnit, 'diagram' | 'files'>,
  maker: Maker,
): Promise<void> {
  const { processKey, version, deploymentId } = definition;
  const { hash } = unitOf(diagram, files);
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
}

interface Maker {
  readonly author: string;
  readonly origin: DeploymentOrigin;
}

/** Who deployed from where, as the gate writes it into the engine's deployment; null where it was not the gate. */
function makerOf(source: string | null): Maker | null {
  // Before there was a gate only the product itself deployed, and named nobody.
  if (source === deploymentSource) return { origin: 'product', author: technicalAccounts.server };
  const [ours, origin, ...author] = (source ?? '').split('/');
  if (ours !== deploymentSource || !isOrigin(origin) || author.length === 0) return null;
  return { origin, author: author.join('/') };
}

function isOrigin(text: string | undefined): text is DeploymentOrigin {
  return text === 'product' || text === 'modeler' || text === 'api';
}
