import { topic } from './clients.js';

/** Topic of the tasks that only wait. */
export const waitingTopic = 'bench-waiting';

/** A variant of the product that passes over its external task. */
export function withoutTasks(xml: string, key: string): string {
  const task = ` camunda:type="external" camunda:topic="${topic}"`;
  const id = /<bpmn:process id="([^"]+)"/.exec(xml)?.[1];
  if (id === undefined || !xml.includes(task)) throw new Error('The diagram has no external task to replace.');
  return xml.replace(task, '').replaceAll('bpmn:serviceTask', 'bpmn:task').replaceAll(`"${id}"`, `"${key}"`);
}

/** So many external tasks one after the other, of the topic that every client serves. */
export function chainXml(key: string, steps: number): string {
  const ids = Array.from({ length: steps }, (_, index) => `step-${index + 1}`);
  const path = ['begin', ...ids, 'end'];
  const flows = path.slice(1).map((id, index) => flow(path[index] ?? '', id));
  return processXml(key, [...ids.map((id) => externalTask(id, topic)), '<endEvent id="end" />', ...flows]);
}

/** So many external tasks side by side: one start fills the engine with them. */
export function forkXml(key: string, branches: number): string {
  const ids = Array.from({ length: branches }, (_, index) => `branch-${index + 1}`);
  return processXml(key, [...ids.map((id) => externalTask(id, waitingTopic)), ...ids.map((id) => flow('begin', id))]);
}

const externalTask = (id: string, of: string): string =>
  `<serviceTask id="${id}" camunda:type="external" camunda:topic="${of}" />`;
const flow = (from: string, to: string): string =>
  `<sequenceFlow id="to-${to}" sourceRef="${from}" targetRef="${to}" />`;

function processXml(key: string, elements: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="bench">
  <process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D"><startEvent id="begin" />${elements.join('')}</process>
</definitions>`;
}
