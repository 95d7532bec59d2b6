import type { EngineClient } from '../../engine/client.js';
import { generatePlan, validatePlan, type EngineMigrationPlan } from '../../engine/migration.js';
import { countInstances, runningSteps } from '../../engine/running.js';
import { topics } from '../../process/contract/index.js';
import type { DiagramStep } from '../../process/diagram-steps.js';

/** One step that instances wait at, and where a migration would take them. */
export interface PlannedStep {
  readonly id: string;
  readonly name: string;
  readonly instances: number;
  /** Step of the new version; null where there is none of the same kind and the same id or name. */
  readonly goesTo: string | null;
  /** It was drawn anew and is found by its name. */
  readonly byName: boolean;
  /** Why work that waits here now would not be done by the new diagram's word; null where all is well. */
  readonly stranded: string | null;
}

export interface MigrationPlan {
  readonly from: number;
  readonly to: number;
  readonly instances: number;
  /** False where an instance could not follow; `problems` says why. */
  readonly possible: boolean;
  readonly problems: readonly string[];
  /** Steps with instances, and steps that would not be found again. */
  readonly steps: readonly PlannedStep[];
}

export interface PlannedVersion {
  readonly definitionId: string;
  readonly version: number;
  readonly steps: ReadonlyMap<string, DiagramStep>;
}

/**
 * What becomes of the running instances of one version in another. The engine makes and judges the plan; that an external
 * task which exists already keeps its old topic is something that it does not say.
 */
export async function planMigration(
  engine: EngineClient,
  user: string,
  from: PlannedVersion,
  to: PlannedVersion,
): Promise<{ readonly plan: MigrationPlan; readonly instructions: EngineMigrationPlan }> {
  const [byId, running, instances] = await Promise.all([
    generatePlan(engine, user, from.definitionId, to.definitionId),
    runningSteps(engine, user, from.definitionId),
    countInstances(engine, user, from.definitionId),
  ]);
  const instructions = withNames(byId, from.steps, to.steps);
  const refused = await validatePlan(engine, user, instructions);
  const targets = new Map(
    instructions.instructions.map(({ sourceActivityIds: [source], targetActivityIds: [target] }) => [
      source,
      target ?? null,
    ]),
  );
  const counts = new Map(running.map(({ activityId, instances: count }) => [activityId, count]));
  const steps = [...from.steps.values()]
    .filter(({ id }) => counts.has(id))
    .map((step) => plannedStep(step, counts.get(step.id) ?? 0, targets.get(step.id) ?? null, to.steps));
  const problems = [
    ...refused.map(({ activityId, failures }) => `${activityId}: ${failures.join(' ')}`),
    ...steps
      .filter(({ goesTo }) => goesTo === null)
      .map(({ id, instances: count }) => `${id}: ${waitHere(count)}, and version ${to.version} has no such step.`),
  ];
  const plan = { from: from.version, to: to.version, instances, possible: problems.length === 0, problems, steps };
  return { plan, instructions };
}

function plannedStep(
  step: DiagramStep,
  instances: number,
  goesTo: string | null,
  targets: ReadonlyMap<string, DiagramStep>,
): PlannedStep {
  const topic = goesTo === null ? null : (targets.get(goesTo)?.topic ?? null);
  const byName = goesTo !== null && goesTo !== step.id;
  return { id: step.id, name: step.name, instances, goesTo, byName, stranded: strandedSentence(step, goesTo, topic) };
}

/** Where instances wait; the engine leads nothing else from one version to another. */
const waiting = /(?:Task|SubProcess|:CallActivity|:IntermediateCatchEvent)$/;

/** Steps that the engine finds by no id go to the one of the same kind and name, where no other step has these. */
function withNames(
  plan: EngineMigrationPlan,
  from: ReadonlyMap<string, DiagramStep>,
  to: ReadonlyMap<string, DiagramStep>,
): EngineMigrationPlan {
  const drawnAnew = ({ id, type }: DiagramStep, elsewhere: ReadonlyMap<string, DiagramStep>) =>
    waiting.test(type) && !elsewhere.has(id);
  const targets = onlyOnes([...to.values()].filter((step) => drawnAnew(step, from)));
  const more = [...onlyOnes([...from.values()].filter((step) => drawnAnew(step, to)))].flatMap(
    ([key, { id, type }]) => {
      const target = targets.get(key);
      if (target === undefined) return [];
      const updateEventTrigger = /:(?:IntermediateCatchEvent|ReceiveTask)$/.test(type);
      return [{ sourceActivityIds: [id], targetActivityIds: [target.id], updateEventTrigger }];
    },
  );
  return { ...plan, instructions: [...plan.instructions, ...more] };
}

/** Steps by kind and name, without those that share them. */
function onlyOnes(steps: readonly DiagramStep[]): Map<string, DiagramStep> {
  const keyOf = ({ type, name }: DiagramStep) => `${type} ${name}`;
  const found = new Map(steps.map((step) => [keyOf(step), step]));
  for (const step of steps) if (found.get(keyOf(step)) !== step) found.delete(keyOf(step));
  return found;
}

function strandedSentence({ topic }: DiagramStep, goesTo: string | null, next: string | null): string | null {
  if (topic === null || goesTo === null || next === topic) return null;
  const served = Object.hasOwn(topics, topic)
    ? 'workers still serve it, so the old work is done'
    : 'no worker serves it any more';
  return `Work that waits here keeps the topic ${topic} instead of ${next ?? 'none'}: ${served}.`;
}

function waitHere(instances: number): string {
  return instances === 1 ? '1 instance waits here' : `${instances} instances wait here`;
}
