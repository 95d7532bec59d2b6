import type { EngineClient } from './client.js';

/** The engine's own form of a plan; only its instructions are looked into. */
export interface EngineMigrationPlan {
  readonly sourceProcessDefinitionId: string;
  readonly targetProcessDefinitionId: string;
  readonly instructions: readonly {
    readonly sourceActivityIds: readonly string[];
    readonly targetActivityIds: readonly string[];
    readonly updateEventTrigger?: boolean;
  }[];
}

/** A step of a plan that the engine refuses, in its words. */
export interface RefusedInstruction {
  readonly activityId: string;
  readonly failures: readonly string[];
}

/** The plan that leads each activity to the one of the same id, where both are of a kind. */
export function generatePlan(
  engine: EngineClient,
  user: string,
  from: string,
  to: string,
): Promise<EngineMigrationPlan> {
  const body = { sourceProcessDefinitionId: from, targetProcessDefinitionId: to, updateEventTriggers: true };
  return engine.call<EngineMigrationPlan>({ user, method: 'POST', path: '/migration/generate', body });
}

/** What the engine has against a plan. */
export async function validatePlan(
  engine: EngineClient,
  user: string,
  plan: EngineMigrationPlan,
): Promise<RefusedInstruction[]> {
  const report = await engine.call<{
    instructionReports: { instruction: EngineMigrationPlan['instructions'][number]; failures: string[] }[];
  }>({ user, method: 'POST', path: '/migration/validate', body: plan });
  return report.instructionReports.map(({ instruction, failures }) => ({
    activityId: instruction.sourceActivityIds[0] ?? '',
    failures,
  }));
}

/** Migrates all running instances of the plan's source in a batch. @returns id of the batch */
export async function startMigration(engine: EngineClient, user: string, plan: EngineMigrationPlan): Promise<string> {
  const body = {
    migrationPlan: plan,
    processInstanceQuery: { processDefinitionId: plan.sourceProcessDefinitionId },
  };
  const { id } = await engine.call<{ id: string }>({ user, method: 'POST', path: '/migration/executeAsync', body });
  return id;
}

/** How far a batch is; null when the engine has put it away. */
export async function batchProgress(
  engine: EngineClient,
  user: string,
  batchId: string,
): Promise<{ readonly total: number; readonly remaining: number; readonly failed: number } | null> {
  const [batch] = await engine.call<{ totalJobs: number; remainingJobs: number; failedJobs: number }[]>({
    user,
    path: '/batch/statistics',
    query: { batchId },
  });
  return batch === undefined
    ? null
    : { total: batch.totalJobs, remaining: batch.remainingJobs, failed: batch.failedJobs };
}

/** Ids of the instances of a definition. */
export async function instancesOf(engine: EngineClient, user: string, definitionId: string): Promise<string[]> {
  const rows = await engine.call<{ id: string }[]>({
    user,
    method: 'POST',
    path: '/process-instance',
    body: { processDefinitionId: definitionId },
  });
  return rows.map(({ id }) => id);
}
