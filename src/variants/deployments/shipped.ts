import { appendAudit } from '../../records/index.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import type { EngineClient } from '../../engine/client.js';
import {
  deploymentSource,
  deployUnits,
  newestDefinition,
  type DeployedDefinition,
  type DeploymentUnit,
} from '../../engine/deployment.js';
import { recordVersions } from '../use-cases/use-case-store.js';
import { markShipped, readNewest, recordDeployment, type StoredVersion } from './deployment-store.js';

/** A shipped diagram that was not deployed, because somebody's own version of the process is the newest. */
export interface HeldDiagram {
  readonly processKey: string;
  /** The newest version, and who deployed it. */
  readonly version: number;
  readonly deployedBy: string;
}

interface ShippingDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  /** Account that the engine knows the server by. */
  readonly system: string;
}

/**
 * Deploys the diagrams of this release where the newest version of the process is the product's own or there is none.
 * What somebody else deployed is never overridden by a start or an upgrade: an administrator deploys the shipped diagram
 * when it is wanted. Which version of a variant is used is not touched at all. What a start left unrecorded has to be
 * adopted before (`adoptDefinitions`).
 * @returns the shipped diagrams that were held back
 */
export async function deployShipped(deps: ShippingDeps, units: readonly DeploymentUnit[]): Promise<HeldDiagram[]> {
  return exclusively(deps.db, 'deployment', async () => {
    const known = new Map((await readNewest(deps.db)).map((version) => [version.processKey, version]));
    const held: HeldDiagram[] = [];
    for (const unit of units) {
      const there = await newestDefinition(deps.engine, deps.system, unit.diagram.processKey);
      const newest = known.get(unit.diagram.processKey) ?? null;
      if (there !== null && newest?.definitionId === there.definitionId && !newest.shipped) {
        if (newest.sourceHash === unit.hash) await markShipped(deps.db, newest.definitionId);
        else held.push(newest);
      } else if (!isThere(there, newest, unit)) {
        await deployOne(deps, unit);
      }
    }
    return held;
  });
}

function isThere(there: DeployedDefinition | null, newest: StoredVersion | null, { hash }: DeploymentUnit): boolean {
  return there !== null && newest?.definitionId === there.definitionId && newest.sourceHash === hash;
}

async function deployOne({ db, engine, system }: ShippingDeps, unit: DeploymentUnit): Promise<void> {
  const { processKey, name, useCase, variant } = unit.diagram;
  const source = `${deploymentSource}/product/${system}`;
  const [definition] = await deployUnits(engine, system, [unit], { name: processKey, source });
  if (definition === undefined) throw new Error(`${processKey} was not deployed.`);
  await db.transaction(async (trx) => {
    await recordDeployment(trx, { id: definition.deploymentId, author: system, origin: 'product' });
    const facts = { name, useCase, variant, sourceHash: unit.hash, deployedBy: system, shipped: true };
    await recordVersions(trx, [{ ...definition, ...facts }]);
    await appendAudit(trx, [
      {
        actor: system,
        action: 'process-deployed',
        objectType: 'process',
        objectId: processKey,
        processKey,
        processVersion: definition.version,
        details: { origin: 'product', ...definition, sourceHash: unit.hash },
      },
    ]);
  });
}
