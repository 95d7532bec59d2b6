import { listOwnGroups } from '../../directory/index.js';
import { appendAudit } from '../../records/index.js';
import { exclusively, type Knex } from '../../kernel/db/database.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import type { DeployedFiles } from '../../engine/deployed-files.js';
import { findDifferences } from '../../engine/diagram-reading.js';
import { findSurplus, takeBack } from '../../engine/deployed-readings.js';
import {
  deploymentSource,
  deployUnits,
  isParserRefusal,
  unitOf,
  type DeployedDefinition,
  type DeploymentUnit,
} from '../../engine/deployment.js';
import { ProductError } from '../../kernel/errors.js';
import type { SignedInUser } from '../../web/signed-in-user.js';
import type { Logger } from '../../kernel/log.js';
import type { FileFinding, ModelFile } from '../../process/model-checks/index.js';
import { recordVersions } from '../use-cases/use-case-store.js';
import { goesLiveAtOnce, outcomeOf } from './deployment-policy.js';
import { readCounting, readNewest, recordDeployment, type StoredVersion } from './deployment-store.js';
import type {
  DeployedModel,
  DeployedProcess,
  DeploymentOrigin,
  DeploymentResult,
  JudgedUnit,
  Upload,
} from './deployment-types.js';
import { modelsRefused } from './findings-text.js';
import { judgeInThread } from './judge-thread.js';

export interface DeploymentDeps {
  readonly db: Knex;
  readonly engine: EngineClient;
  /** Account that the engine knows the server by. */
  readonly system: string;
  readonly files: DeployedFiles;
  readonly log: Logger;
}

/** The gate: the only way for a diagram into the engine, for every caller. */
export class DeploymentService {
  constructor(private readonly deps: DeploymentDeps) {}

  /**
   * Judges an upload among all that is deployed, deploys it and puts it on record. What a version means for new starts
   * is in the answer: a variant waits to be chosen or released, anything else is live.
   * @throws ProductError `models-refused` with `findings`, `needs-administrator`, `engine-unavailable`: without the
   *   engine's reading nothing is known about a diagram
   */
  async deploy(author: SignedInUser, upload: Upload): Promise<DeploymentResult> {
    return exclusively(this.deps.db, 'deployment', async () => {
      const newest = await readNewest(this.deps.db);
      const units = await this.judge(upload.files, newest);
      assertMayDeploy(author, units, newest);
      const planned = units.map((unit) => plan(unit, newest, upload.onlyChanged));
      // Camunda Modeler waits for five seconds, then shows its user that nothing was deployed.
      if (upload.signal?.aborted === true) throw new ProductError('invalid-request', 'Nobody waited for the answer.');
      if (upload.dryRun) return { deploymentId: null, dryRun: true, processes: planned.map(expected) };
      return this.carryOut(author.id, upload.origin, planned);
    });
  }

  /**
   * Judges files among all that is deployed: by the rules, then by what the engine would run of them.
   * @throws ProductError `models-refused` with `findings`, `engine-unavailable`
   */
  async judge(files: readonly ModelFile[], versions?: readonly StoredVersion[]): Promise<readonly JudgedUnit[]> {
    const newest = versions ?? (await readNewest(this.deps.db));
    const around = {
      ...{ deployed: await this.modelsAround(files), newest },
      ownGroups: await listOwnGroups(this.deps.db),
    };
    const { findings, units } = await judgeInThread(files, around, this.deps.log);
    if (findings.length > 0) throw modelsRefused(findings);
    const differing = await this.differences(units);
    if (differing.length > 0) throw modelsRefused(differing);
    return units;
  }

  /** Where the engine would run something else than what the rules have judged. */
  private async differences(units: readonly JudgedUnit[]): Promise<FileFinding[]> {
    const { engine, system } = this.deps;
    const findings = await Promise.all(
      units.map(async ({ reading, files: [file] }) => {
        const name = file?.name ?? '';
        const found = await findDifferences(engine, system, file?.content ?? '', reading);
        return found.map((finding) => ({ file: name, ...finding }));
      }),
    );
    return findings.flat();
  }

  /**
   * What an upload is judged among: the versions that people come to, those of the product, and what the uploaded
   * diagrams were before. Variants that nobody has chosen prevent nothing.
   */
  private async modelsAround(uploaded: readonly ModelFile[]): Promise<DeployedModel[]> {
    const names = new Set(uploaded.map(({ name }) => name));
    const versions = (await readCounting(this.deps.db)).filter(
      ({ processKey, variant, chosen, shipped }) =>
        variant === null || chosen || shipped || names.has(`${processKey}.bpmn`),
    );
    const models = await Promise.all(versions.map((version) => this.modelOf(version)));
    return models.flatMap((model) => model ?? []);
  }

  /** Null for a version that the engine does not have any more. */
  private async modelOf({ definitionId, processKey }: StoredVersion): Promise<DeployedModel | null> {
    try {
      const files = await this.deps.files.get(definitionId);
      const diagram = files.find(({ name }) => name === `${processKey}.bpmn`);
      if (diagram === undefined) return null;
      return { processKey, diagram, forms: files.filter(({ name }) => name.endsWith('.form')) };
    } catch (raw) {
      if (isEngineError(raw, 404)) return null;
      throw raw;
    }
  }

  private async carryOut(
    author: string,
    origin: DeploymentOrigin,
    planned: readonly Planned[],
  ): Promise<DeploymentResult> {
    const fresh = planned.filter(({ unchanged }) => !unchanged);
    const deployed = fresh.length === 0 ? [] : await this.deployToEngine(author, origin, fresh);
    const [first] = deployed;
    if (first !== undefined) await this.record(author, origin, first.deploymentId, fresh, deployed);
    const byKey = new Map(deployed.map((definition) => [definition.processKey, definition]));
    const processes = planned.map((each) => outcome(each, byKey.get(each.judged.diagram.processKey) ?? null));
    return { deploymentId: first?.deploymentId ?? null, dryRun: false, processes };
  }

  private async deployToEngine(
    author: string,
    origin: DeploymentOrigin,
    planned: readonly Planned[],
  ): Promise<DeployedDefinition[]> {
    const { engine, system } = this.deps;
    const units = planned.map(({ unit }) => unit);
    const name = units.map(({ diagram }) => diagram.processKey).join(', ');
    try {
      const source = `${deploymentSource}/${origin}/${author}`;
      const deployed = await deployUnits(engine, system, units, { name, source });
      await this.assertAsJudged(author, planned, deployed);
      return deployed;
    } catch (raw) {
      if (!isParserRefusal(raw)) throw raw;
      throw new ProductError(
        'models-refused',
        `Nothing was deployed, the process engine cannot run it:\n${raw.message}`,
        {},
        { cause: raw },
      );
    }
  }

  /** Takes a deployment back that is not, definition by definition, what was judged. */
  private async assertAsJudged(
    author: string,
    planned: readonly Planned[],
    deployed: readonly DeployedDefinition[],
  ): Promise<void> {
    const { db, engine, system, log } = this.deps;
    const deploymentId = deployed[0]?.deploymentId ?? '';
    const readings = new Map(planned.map(({ judged: { diagram, reading } }) => [diagram.processKey, reading]));
    const findings = await findSurplus(engine, system, deploymentId, readings);
    if (findings.length === 0) return;
    await takeBack(engine, system, deploymentId);
    await db.transaction((trx) =>
      appendAudit(trx, [
        {
          actor: author,
          action: 'deployment-taken-back',
          objectType: 'process',
          objectId: planned[0]?.judged.diagram.processKey ?? deploymentId,
          details: {
            deploymentId,
            findings: findings.map(({ element, message }) => `${element}: ${message}`).slice(0, 20),
          },
        },
      ]),
    );
    log.error({ deploymentId, author, findings }, 'the process engine deployed something else than what was judged');
    throw modelsRefused(findings.map((finding) => ({ file: finding.element, ...finding })));
  }

  private async record(
    author: string,
    origin: DeploymentOrigin,
    deploymentId: string,
    planned: readonly Planned[],
    deployed: readonly DeployedDefinition[],
  ): Promise<void> {
    await this.deps.db.transaction(async (trx) => {
      await recordDeployment(trx, { id: deploymentId, author, origin });
      const units = planned.map(({ unit }) => unit);
      await recordVersions(
        trx,
        deployed.flatMap((definition, at) => versionOf(author, definition, units[at])),
      );
      await appendAudit(
        trx,
        deployed.map(({ processKey, version, definitionId }, at) => ({
          actor: author,
          action: 'process-deployed',
          objectType: 'process',
          objectId: processKey,
          processKey,
          processVersion: version,
          details: { origin, deploymentId, definitionId, sourceHash: units[at]?.hash ?? null },
        })),
      );
    });
  }
}

/** One unit with what is known of it before it is deployed. */
interface Planned {
  readonly judged: JudgedUnit;
  readonly unit: DeploymentUnit;
  readonly newest: StoredVersion | null;
  readonly unchanged: boolean;
}

function plan(judged: JudgedUnit, versions: readonly StoredVersion[], onlyChanged: boolean): Planned {
  const unit = unitOf(judged.diagram, judged.files);
  const newest = versions.find(({ processKey }) => processKey === judged.diagram.processKey) ?? null;
  return { judged, unit, newest, unchanged: onlyChanged && newest?.sourceHash === unit.hash };
}

function outcome({ judged, newest, unchanged }: Planned, deployed: DeployedDefinition | null): DeployedProcess {
  const there = deployed ?? newest;
  if (there === null) throw new Error(`${judged.diagram.processKey} is neither old nor new.`);
  return outcomeOf(judged, newest, { version: there.version, definitionId: there.definitionId, unchanged });
}

/** What a dry run reports. */
function expected({ judged, newest, unchanged }: Planned): DeployedProcess {
  const version = (newest?.version ?? 0) + (unchanged ? 0 : 1);
  return outcomeOf(judged, newest, { version, definitionId: null, unchanged });
}

/** @throws ProductError `needs-administrator` for what would be live at once */
function assertMayDeploy(author: SignedInUser, units: readonly JudgedUnit[], versions: readonly StoredVersion[]): void {
  if (author.roles.has('admin')) return;
  const live = units.filter(({ diagram }) => goesLiveAtOnce(diagram)).map(({ diagram }) => diagram.processKey);
  if (live.length === 0) return;
  const [known, unknown] = [true, false].map((there) =>
    live.filter((key) => versions.some(({ processKey }) => processKey === key) === there).join(', '),
  );
  const reasons = [
    ...(known === '' ? [] : [`a new version of ${known} would be live at once`]),
    ...(unknown === '' ? [] : [`${unknown} is new and nothing that an administrator chooses afterwards`]),
  ];
  throw new ProductError(
    'needs-administrator',
    `Nothing was deployed: ${reasons.join('; ')}. ` +
      `Ask an administrator to deploy it: npm run cards -- deploy ${live.map((key) => `${key}.bpmn`).join(' ')}`,
  );
}

function versionOf(author: string, definition: DeployedDefinition, unit: DeploymentUnit | undefined) {
  if (unit === undefined) return [];
  const { name, useCase, variant } = unit.diagram;
  return [{ ...definition, name, useCase, variant, sourceHash: unit.hash, deployedBy: author }];
}
