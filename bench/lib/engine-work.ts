/** Work of their own for workers: a process with external tasks of a topic that no other run on the engine uses. */
import { randomBytes } from 'node:crypto';
import { callEngine, type EngineConnection } from '../../test/support/engine.js';

/** A name that no other test of the shared engine uses. */
export const unique = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;

/** Lets the workers' account fetch and end the tasks of every process. */
export async function allowWorkers(engine: EngineConnection): Promise<void> {
  const processDefinitions = 6;
  const grant = { type: 1, userId: 'card-worker', groupId: null, resourceType: processDefinitions, resourceId: '*' };
  const { body } = await callEngine(engine, 'GET', '/authorization?userIdIn=card-worker&resourceType=6&resourceId=*');
  if ((body as unknown[]).length > 0) return;
  await callEngine(engine, 'POST', '/authorization/create', {
    ...grant,
    permissions: ['READ_INSTANCE', 'UPDATE_INSTANCE'],
  });
}

export interface DiagramOptions {
  /** Children of the service task's `extensionElements`. */
  readonly extensions?: string;
  /** Further children of the service task. */
  readonly inside?: string;
  /** BPMN error that a boundary event catches. */
  readonly catches?: string;
  /** Elements between the service task and the end. */
  readonly steps?: number;
}

/** Deploys `start → external task (`steps` of them, all of the topic) → end` and returns the process key. */
export async function deploy(engine: EngineConnection, topic: string, options: DiagramOptions = {}): Promise<string> {
  const key = unique('process');
  const form = new FormData();
  form.set('deployment-name', key);
  form.set('process.bpmn', new Blob([diagram(key, topic, options)]), 'process.bpmn');
  const { status, body } = await callEngine(engine, 'POST', '/deployment/create', form);
  if (status !== 200) throw new Error(`Deployment failed: ${JSON.stringify(body)}`);
  return key;
}

function diagram(
  key: string,
  topic: string,
  { extensions = '', inside = '', catches, steps = 1 }: DiagramOptions,
): string {
  const ids = Array.from({ length: steps }, (_, index) => `work-${index}`);
  const flow = ['begin', ...ids, 'end'];
  const tasks = ids.map(
    (id) => `<bpmn:serviceTask id="${id}" camunda:type="external" camunda:topic="${topic}">
      <bpmn:extensionElements>${extensions}</bpmn:extensionElements>${inside}</bpmn:serviceTask>`,
  );
  const flows = flow
    .slice(1)
    .map((id, index) => `<bpmn:sequenceFlow id="to-${id}" sourceRef="${flow[index]}" targetRef="${id}"/>`);
  const caught =
    catches === undefined
      ? ''
      : `<bpmn:boundaryEvent id="caught" attachedToRef="work-0"><bpmn:errorEventDefinition
      id="caught-error" errorRef="error" camunda:errorMessageVariable="caughtMessage"/></bpmn:boundaryEvent>
      <bpmn:endEvent id="after-error"/><bpmn:sequenceFlow id="to-after-error" sourceRef="caught" targetRef="after-error"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
    <bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="definitions"
      xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.test">
    <bpmn:process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
      <bpmn:startEvent id="begin"/>${tasks.join('')}<bpmn:endEvent id="end"/>${flows.join('')}${caught}
    </bpmn:process>
    ${catches === undefined ? '' : `<bpmn:error id="error" errorCode="${catches}"/>`}</bpmn:definitions>`;
}

export interface TypedVariable {
  readonly type?: string;
  readonly value: unknown;
}

/** Starts an instance and returns its id. */
export async function start(
  engine: EngineConnection,
  key: string,
  variables: Readonly<Record<string, TypedVariable>> = {},
  businessKey = unique('case'),
): Promise<string> {
  const { status, body } = await callEngine(engine, 'POST', `/process-definition/key/${key}/start`, {
    variables,
    businessKey,
  });
  if (status !== 200) throw new Error(`Start failed: ${JSON.stringify(body)}`);
  return (body as { id: string }).id;
}
