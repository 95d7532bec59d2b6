import { listAudit } from '../../records/index.js';
import type { StoredAuditRow } from '../../records/audit/audit-store.js';
import { getCard, readSnapshot } from '../../cards/index.js';
import type { CardDetails } from '../../cards/card-reading.js';
import type { Knex } from '../../kernel/db/database.js';
import type { EngineClient } from '../../engine/client.js';
import { listOrders, orderKeyText } from '../../production/index.js';
import type { OrderDetails } from '../../production/production-types.js';
import { getRequest } from '../../requests/index.js';
import type { RequestDetails } from '../../requests/request-types.js';
import type { CardSnapshot } from '../../cards/snapshots/snapshot-store.js';

/** Most rows of the audit log that are shown of a card, and of its request. */
const mostAuditRows = 200;
/** Most steps of a process that are looked at: only loops without an end have more. */
const mostActivities = 1_000;

/** An answer of a backend, as it came. */
export interface TakenResult {
  readonly number: number;
  readonly backend: string;
  readonly outcome: string;
  /** False for one that came too late or twice. */
  readonly applied: boolean;
  readonly receivedAt: Date;
}

/** Where a process that has to do with the card stands. */
export interface Place {
  readonly processInstanceId: string;
  /** The definition whose diagram shows the place. */
  readonly definitionId: string;
  readonly processKey: string;
  readonly processVersion: number;
  /** Empty when it has ended. */
  readonly activityIds: readonly string[];
  /** Steps that it has left. */
  readonly passedIds: readonly string[];
}

export interface CardStory {
  readonly card: CardDetails;
  readonly request: RequestDetails | null;
  readonly snapshot: CardSnapshot | null;
  readonly orders: readonly OrderDetails[];
  readonly results: readonly TakenResult[];
  readonly audit: readonly StoredAuditRow[];
  readonly places: readonly Place[];
}

/**
 * Everything on record about one card. What the engine has forgotten has no place any more.
 * @param user account in whose name the engine is asked
 * @throws ProductError `not-found`
 */
export async function readCardStory(db: Knex, engine: EngineClient, user: string, id: string): Promise<CardStory> {
  const card = await getCard(db, id);
  const [request, snapshot, orders, results, ofCard, ofRequest] = await Promise.all([
    card.requestId === null ? null : getRequest(db, card.requestId),
    readSnapshot(db, id),
    listOrders(db, id),
    readResults(db, id),
    listAudit(db, { objectType: 'card', objectId: id }, mostAuditRows),
    card.requestId === null
      ? []
      : listAudit(db, { objectType: 'card-request', objectId: card.requestId }, mostAuditRows),
  ]);
  const audit = [...ofCard, ...ofRequest].sort((one, other) => Number(one.id) - Number(other.id));
  const keys = [
    ...(card.requestId === null ? [] : [card.requestId]),
    ...orders.map(({ number }) => orderKeyText({ cardId: id, number })),
  ];
  return { card, request, snapshot, orders, results, audit, places: await readPlaces(db, engine, user, id, keys) };
}

async function readResults(db: Knex, cardId: string): Promise<TakenResult[]> {
  return db('production_result').where({ card_id: cardId }).orderBy('received_at').select<TakenResult[]>({
    number: 'number',
    backend: 'backend',
    outcome: 'outcome',
    applied: 'applied',
    receivedAt: 'received_at',
  });
}

interface HistoricInstance {
  readonly id: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly processDefinitionVersion: number;
}

async function readPlaces(
  db: Knex,
  engine: EngineClient,
  user: string,
  cardId: string,
  businessKeys: readonly string[],
): Promise<Place[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select coalesce(r.process_instance_id, b.process_instance_id) as id from card_request r left join batch_order b on b.id = r.batch_id
       where r.card_id = :cardId and coalesce(r.process_instance_id, b.process_instance_id) is not null
     union select process_instance_id from production_order where card_id = :cardId and process_instance_id is not null`,
    { cardId },
  );
  const sorting = [{ sortBy: 'startTime', sortOrder: 'asc' }];
  const find = (body: object) =>
    engine.call<HistoricInstance[]>({
      user,
      method: 'POST',
      path: '/history/process-instance',
      body: { ...body, sorting },
    });
  const known = [
    ...(rows.length === 0 ? [] : await find({ processInstanceIds: rows.map(({ id }) => id) })),
    ...(businessKeys.length === 0 ? [] : await find({ processInstanceBusinessKeyIn: businessKeys })),
  ];
  const instances = [...new Map(known.map((instance) => [instance.id, instance])).values()];
  return Promise.all(
    instances.map(async ({ id, processDefinitionId, processDefinitionKey, processDefinitionVersion }) => {
      const activities = await engine.call<{ activityId: string; endTime: string | null }[]>({
        user,
        method: 'POST',
        path: '/history/activity-instance',
        body: { processInstanceId: id },
        query: { maxResults: mostActivities },
      });
      return {
        processInstanceId: id,
        definitionId: processDefinitionId,
        processKey: processDefinitionKey,
        processVersion: processDefinitionVersion,
        activityIds: idsOf(activities.filter(({ endTime }) => endTime === null)),
        passedIds: idsOf(activities.filter(({ endTime }) => endTime !== null)),
      };
    }),
  );
}

function idsOf(activities: readonly { readonly activityId: string }[]): string[] {
  return [...new Set(activities.map(({ activityId }) => activityId))];
}
