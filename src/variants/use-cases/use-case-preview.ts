import type { Knex } from '../../kernel/db/database.js';
import type { DiagramDiff } from '../deployments/diagram-diff.js';
import type { OccupiedStep, ProcessService } from '../deployments/process-service.js';
import { ProductError } from '../../kernel/errors.js';
import { followersOf, useCases, type UseCaseId } from '../../process/contract/index.js';
import type { ChoiceView } from './use-case-service.js';
import { findUseCase } from './use-case-service.js';
import { findVariant, type ProcessVersion, type UseCaseRow } from './use-case-store.js';

/** Open requests of one version: they stay in it after every choice. */
export interface StayingRequests extends ChoiceView {
  readonly requests: number;
  /** Where the running instances of this version are. */
  readonly steps: readonly OccupiedStep[];
}

/** A task that people get in a variant. */
export interface VariantTask {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What a choice would change, before it is made. */
export interface UseCasePreview {
  readonly useCase: UseCaseId;
  /** Null where it is for everyone who has no variant of their own. */
  readonly cardType: string | null;
  readonly now: ChoiceView | null;
  readonly then: ChoiceView;
  /** Card types whose new requests would go the new way. */
  readonly cardTypes: readonly string[];
  /** What new requests will do, for a person. */
  readonly sentence: string;
  /** How the diagrams differ; null where another variant takes over. */
  readonly changes: DiagramDiff | null;
  readonly tasksNow: readonly VariantTask[];
  readonly tasksThen: readonly VariantTask[];
  readonly staying: readonly StayingRequests[];
  /** Forms of the entry process that are open: those operators are asked to confirm again. */
  readonly openForms: number;
  /** Groups that start it, or get or lose tasks by it. */
  readonly groups: readonly string[];
}

/**
 * What choosing a variant or version would change; nothing is changed.
 * @param wanted the variant chosen now where none is named; its newest version where none is named
 * @throws ProductError `not-found`, `variant-unknown`, `engine-unavailable`
 */
export async function previewUseCase(
  { db, processes }: { readonly db: Knex; readonly processes: ProcessService },
  id: string,
  wanted: {
    readonly variant?: string | undefined;
    readonly version?: number | undefined;
    readonly cardType?: string | undefined;
  },
): Promise<UseCasePreview> {
  const row = await findUseCase(db, id);
  const cardType = wanted.cardType ?? null;
  const now = cardType === null ? row.choice : (row.cardTypes.get(cardType) ?? row.choice);
  const variant = wanted.variant ?? now?.variant ?? '';
  const then = await findVariant(db, row.id, variant, wanted.version);
  if (then === null)
    throw new ProductError(
      'variant-unknown',
      `${useCases[row.id].name} has no such variant or version: ${variant || 'name one'}.`,
    );
  const [changes, tasksNow, tasksThen, staying, openForms, cardTypes] = await Promise.all([
    now?.processKey === then.processKey && now.version !== then.version
      ? processes.diff(then.processKey, now.version, then.version)
      : null,
    now === null ? [] : tasksOf(processes, now),
    tasksOf(processes, then),
    stayingRequests(db, processes, row.id),
    openEntryForms(processes, row.id),
    cardType === null ? followingTypes(db, row) : [cardType],
  ]);
  const groups = [...useCases[row.id].starters, ...[...tasksNow, ...tasksThen].flatMap((task) => task.groups)];
  return {
    useCase: row.id,
    cardType,
    now: now === null ? null : choice(now),
    then: choice(then),
    cardTypes,
    sentence: sentence(then, tasksThen, cardTypes),
    changes,
    tasksNow,
    tasksThen,
    staying,
    openForms,
    groups: [...new Set(groups)],
  };
}

function choice({ variant, version }: ProcessVersion): ChoiceView {
  return { variant: variant ?? '', version };
}

function sentence(
  { name, version }: ProcessVersion,
  tasks: readonly VariantTask[],
  cardTypes: readonly string[],
): string {
  const work = tasks.map((task) => `${task.name} (${task.groups.join(', ')})`).join(', ');
  const people = work === '' ? 'nobody has to do anything on the way' : `people do on the way: ${work}`;
  return `New requests for ${cardTypes.join(', ') || 'no card type'} run by "${name}", version ${version}; ${people}.`;
}

async function tasksOf(processes: ProcessService, version: ProcessVersion): Promise<VariantTask[]> {
  const steps = [...(await processes.steps(version)).values()];
  return steps.filter(({ isUserTask }) => isUserTask).map(({ name, groups }) => ({ name, groups }));
}

interface OpenVersion {
  readonly definitionId: string;
  readonly processKey: string;
  readonly variant: string;
  readonly version: number;
  readonly requests: number;
}

async function stayingRequests(db: Knex, processes: ProcessService, useCase: UseCaseId): Promise<StayingRequests[]> {
  const { rows } = await db.raw<{ rows: OpenVersion[] }>(
    `select v.definition_id as "definitionId", v.process_key as "processKey", v.variant, v.version, count(*)::int as requests
      from card_request r join process_version v on v.definition_id = r.definition_id
      where r.ended_at is null and v.use_case = any(?) group by 1, 2, 3, 4 order by 3, 4, 2`,
    [[useCase, ...followersOf(useCase)]],
  );
  return Promise.all(
    rows.map(async ({ definitionId, processKey, ...row }) => ({
      ...row,
      steps: await processes.occupiedSteps({ definitionId, processKey }),
    })),
  );
}

/** In all versions of the entry process: a form opened in an older one asks again as well. */
async function openEntryForms(processes: ProcessService, useCase: UseCaseId): Promise<number> {
  const versions = await processes.versions(useCases[useCase].entryProcess);
  const counts = await Promise.all(
    versions
      .filter(({ instances }) => instances > 0)
      .map(async (version) => {
        const [occupied, steps] = await Promise.all([processes.occupiedSteps(version), processes.steps(version)]);
        return occupied
          .filter(({ id }) => steps.get(id)?.isUserTask === true)
          .reduce((sum, { instances }) => sum + instances, 0);
      }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function followingTypes(db: Knex, { cardTypes }: UseCaseRow): Promise<string[]> {
  const all = await db('card_type').orderBy('position').pluck<string[]>('id');
  return all.filter((cardType) => !cardTypes.has(cardType));
}
