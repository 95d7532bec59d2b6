import { randomUUID } from 'node:crypto';
import { isEngineError, type EngineClient } from '../../../src/engine/client.js';
import { messages, topics, type TopicName } from '../../../src/process/contract/index.js';
import type { Random } from '../../../bench/lib/random.js';

const user = 'card-server';
/** More steps than any way through a variant of ours has. */
const mostSteps = 30;

/** What workers would answer, as far as a diagram can tell. */
const answers: Partial<Record<TopicName, (random: Random) => Readonly<Record<string, unknown>>>> = {
  'register-request': () => ({ requestId: 'request-1', request: { id: 'request-1' } }),
  'record-decision': (random) => ({ outcome: random.pick(['approved', 'rejected', 'aborted']) }),
};

interface LockedTask {
  readonly id: string;
  readonly topicName: string;
}

/**
 * Starts a variant as the API does, through its entry process, and plays everybody in it until nothing is left to do.
 * @returns what the engine failed at, or null: an incident, or an answer that is no refusal of what was sent
 */
export async function drive(
  engine: EngineClient,
  variant: { key: string; version: number },
  random: Random,
): Promise<string | null> {
  const businessKey = randomUUID();
  const post = <T>(path: string, body: object) => engine.call<T>({ user, method: 'POST', path, body });
  try {
    await post('/message', {
      messageName: messages.requestReserved,
      businessKey,
      processVariables: {
        requestId: text(businessKey),
        holder: text('ada'),
        cardType: text('visitor'),
        variantKey: text(variant.key),
        variantVersion: { value: variant.version, type: 'Integer' },
      },
    });
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const worked = (await work(post, businessKey, random)) || (await decide(engine, post, businessKey, random));
      if (!worked) break;
    }
  } catch (raw) {
    if (isEngineError(raw)) return `${raw.status} ${raw.message}`;
    throw raw;
  }
  return incidentOf(engine, businessKey);
}

type Post = <T>(path: string, body: object) => Promise<T>;

async function work(post: Post, businessKey: string, random: Random): Promise<boolean> {
  const workerId = `fuzz-${businessKey}`;
  const wanted = Object.keys(topics).map((topicName) => ({ topicName, lockDuration: 60_000, businessKey }));
  const [task] = await post<LockedTask[]>('/external-task/fetchAndLock', { workerId, maxTasks: 1, topics: wanted });
  if (task === undefined) return false;
  const topic = task.topicName as TopicName;
  const errors: readonly string[] = topics[topic].errors;
  if (errors.length > 0 && random.below(4) === 0) {
    const error = { workerId, errorCode: random.pick(errors), errorMessage: 'Refused by the fuzz.' };
    await post(`/external-task/${task.id}/bpmnError`, error);
    return true;
  }
  const outputs = answers[topic]?.(random) ?? {};
  await post(`/external-task/${task.id}/complete`, { workerId, variables: typed(outputs) });
  return true;
}

async function decide(engine: EngineClient, post: Post, businessKey: string, random: Random): Promise<boolean> {
  const query = { processInstanceBusinessKey: businessKey };
  const [task] = await engine.call<{ id: string }[]>({ user, path: '/task', query });
  if (task === undefined) return false;
  const fields = { decision: random.pick(['approve', 'reject']), reason: 'As the fuzz says.' };
  await post(`/task/${task.id}/submit-form`, { variables: typed(fields) });
  return true;
}

/** Only what the engine itself could not do: a task without an answer is nobody's fault here. */
async function incidentOf(engine: EngineClient, businessKey: string): Promise<string | null> {
  const instances = await engine.call<{ id: string }[]>({ user, path: '/process-instance', query: { businessKey } });
  for (const { id } of instances) {
    const [incident] = await engine.call<{ incidentType: string; incidentMessage: string }[]>({
      user,
      path: '/incident',
      query: { processInstanceId: id },
    });
    if (incident !== undefined) return `${incident.incidentType}: ${incident.incidentMessage}`;
  }
  return null;
}

function text(value: string) {
  return { value, type: 'String' };
}

function typed(values: Readonly<Record<string, unknown>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? text(value) : { value: JSON.stringify(value), type: 'Json' },
    ]),
  );
}
