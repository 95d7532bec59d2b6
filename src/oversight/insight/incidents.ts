import { appendAudit } from '../../records/index.js';
import type { Knex } from '../../kernel/db/database.js';
import { isEngineError, type EngineClient } from '../../engine/client.js';
import { ProductError } from '../../kernel/errors.js';

/** Something that the engine could not do and does not try again by itself. */
export interface Incident {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly message: string | null;
  /** Id of the definition, with null for its version, where it is not on record. */
  readonly processKey: string;
  readonly processVersion: number | null;
  /** The step in the diagram. */
  readonly activityId: string;
  /** Topic of the service task; null for a timer and other jobs of the engine. */
  readonly topic: string | null;
  readonly processInstanceId: string;
  readonly businessKey: string | null;
  readonly requestId: string | null;
  readonly cardId: string | null;
}

interface EngineIncident {
  readonly id: string;
  readonly incidentTimestamp: string;
  readonly incidentType: string;
  readonly incidentMessage: string | null;
  readonly processDefinitionId: string;
  readonly processInstanceId: string;
  readonly activityId: string;
  /** Id of the external task or job. */
  readonly configuration: string;
  /** The incident that this one only passes on to the calling process. */
  readonly rootCauseIncidentId: string | null;
}

/** Most incidents that are shown at once. */
const most = 200;
const externalTask = 'failedExternalTask';
const job = 'failedJob';

/** Incidents of the engine, with what they are about. */
export class Incidents {
  constructor(
    private readonly db: Knex,
    private readonly engine: EngineClient,
    private readonly user: string,
  ) {}

  /** The newest 200. */
  async list(): Promise<Incident[]> {
    const found = await this.engine.call<EngineIncident[]>({
      user: this.user,
      path: '/incident',
      query: { sortBy: 'incidentTimestamp', sortOrder: 'desc', maxResults: 2 * most },
    });
    const causes = found
      .filter(({ id, rootCauseIncidentId }) => rootCauseIncidentId === null || rootCauseIncidentId === id)
      .slice(0, most);
    if (causes.length === 0) return [];
    const instances = [...new Set(causes.map(({ processInstanceId }) => processInstanceId))];
    const [keys, topics, subjects, definitions] = await Promise.all([
      this.businessKeys(instances),
      this.topics(causes),
      this.subjects(instances),
      this.definitions(causes.map(({ processDefinitionId }) => processDefinitionId)),
    ]);
    return causes.map((each) => {
      const definition = definitions.get(each.processDefinitionId);
      return {
        id: each.id,
        at: new Date(each.incidentTimestamp).toISOString(),
        message: each.incidentMessage,
        processKey: definition?.processKey ?? each.processDefinitionId,
        processVersion: definition?.processVersion ?? null,
        activityId: each.activityId,
        topic: topics.get(each.configuration) ?? null,
        processInstanceId: each.processInstanceId,
        businessKey: keys.get(each.processInstanceId) ?? null,
        requestId: subjects.get(each.processInstanceId)?.requestId ?? null,
        cardId: subjects.get(each.processInstanceId)?.cardId ?? null,
      };
    });
  }

  /**
   * Has the engine try again once; when that fails too, there is a new incident.
   * @throws ProductError `not-found` when it is over
   */
  async retry(id: string, actor: string): Promise<void> {
    const incident = await this.find(id);
    const path =
      incident.incidentType === externalTask ? 'external-task' : incident.incidentType === job ? 'job' : null;
    if (path === null)
      throw new ProductError('invalid-request', 'This incident cannot be tried again from here: open it in Cockpit.');
    await this.orGone(() =>
      this.engine.call({
        user: this.user,
        method: 'PUT',
        path: `/${path}/${encodeURIComponent(incident.configuration)}/retries`,
        body: { retries: 1 },
      }),
    );
    const definition = (await this.definitions([incident.processDefinitionId])).get(incident.processDefinitionId);
    await appendAudit(this.db, [
      {
        actor,
        action: 'incident-retried',
        objectType: 'process',
        objectId: incident.processInstanceId,
        ...definition,
        details: { incident: id, activity: incident.activityId },
      },
    ]);
  }

  private find(id: string): Promise<EngineIncident> {
    return this.orGone(() =>
      this.engine.call<EngineIncident>({ user: this.user, path: `/incident/${encodeURIComponent(id)}` }),
    );
  }

  private async orGone<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (raw) {
      if (isEngineError(raw, 404))
        throw new ProductError('not-found', 'There is no such incident any more.', {}, { cause: raw });
      throw raw;
    }
  }

  private async businessKeys(processInstanceIds: readonly string[]): Promise<Map<string, string>> {
    const body = { processInstanceIds };
    const found = await this.engine.call<{ id: string; businessKey: string | null }[]>({
      user: this.user,
      method: 'POST',
      path: '/process-instance',
      body,
    });
    return new Map(found.flatMap(({ id, businessKey }) => (businessKey === null ? [] : [[id, businessKey]])));
  }

  private async topics(incidents: readonly EngineIncident[]): Promise<Map<string, string>> {
    const externalTaskIdIn = incidents
      .filter(({ incidentType }) => incidentType === externalTask)
      .map(({ configuration }) => configuration);
    if (externalTaskIdIn.length === 0) return new Map();
    const found = await this.engine.call<{ id: string; topicName: string }[]>({
      user: this.user,
      method: 'POST',
      path: '/external-task',
      body: { externalTaskIdIn },
    });
    return new Map(found.map(({ id, topicName }) => [id, topicName]));
  }

  private async definitions(
    ids: readonly string[],
  ): Promise<Map<string, { processKey: string; processVersion: number }>> {
    const rows = await this.db('process_version')
      .whereIn('definition_id', [...ids])
      .select<{ id: string; processKey: string; processVersion: number }[]>({
        id: 'definition_id',
        processKey: 'process_key',
        processVersion: 'version',
      });
    return new Map(rows.map(({ id, ...definition }) => [id, definition]));
  }

  /** The request or card that an instance follows. */
  private async subjects(
    processInstanceIds: readonly string[],
  ): Promise<Map<string, { requestId: string | null; cardId: string | null }>> {
    const { rows } = await this.db.raw<{
      rows: { instance: string; requestId: string | null; cardId: string | null }[];
    }>(
      `select process_instance_id as instance, id as "requestId", card_id as "cardId" from card_request where process_instance_id = any(:processInstanceIds)
       union all select process_instance_id, null, card_id from production_order where process_instance_id = any(:processInstanceIds)`,
      { processInstanceIds: [...processInstanceIds] },
    );
    return new Map(rows.map(({ instance, ...subject }) => [instance, subject]));
  }
}
