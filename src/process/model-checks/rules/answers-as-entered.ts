import type { ModdleElement } from 'bpmn-moddle';
import { approverAnswers } from '../../contract/index.js';
import { isApproval, recordingOf } from '../approvals.js';
import {
  attribute,
  elementOf,
  elementsOf,
  executableProcesses,
  extensions,
  nodesOf,
  parameters,
  processOf,
} from '../elements.js';
import { fieldsOf } from '../form-model.js';
import type { ModelSet } from '../model-set.js';
import { diagramRule } from '../rule.js';
import { setBy, topicOf } from '../variables.js';

/** What an approver says is theirs: a diagram that could say it for them would lead one way while the record says another. */
export const answersAsEntered = diagramRule('answers-as-entered', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions)) {
    for (const node of nodesOf(process)) {
      const written = asksApprovers(process, models) ? writtenAround(node, models) : [];
      for (const name of new Set([...written, ...handedOn(node, models)].filter(isAnswer))) {
        yield [
          node,
          `"${name}" is what an approver enters, and nothing else may set it: use another name, or remove it.`,
        ];
      }
      const form = isApproval(node, models.groups) ? models.formOf(node) : null;
      for (const { key, defaultValue } of form === null ? [] : fieldsOf(form)) {
        if (key !== undefined && isAnswer(key) && defaultValue !== undefined)
          yield [node, `The form answers "${key}" for the approver: remove its default value.`];
      }
    }
  }
});

function isAnswer(name: string): boolean {
  return approverAnswers.has(name);
}

function asksApprovers(process: ModdleElement, { groups }: ModelSet): boolean {
  return nodesOf(process).some((node) => isApproval(node, groups) || recordingOf(node) !== null);
}

/** Attributes by which an element, or something in it, names a variable that it sets. */
const naming = [
  'camunda:initiator',
  'camunda:resultVariable',
  'camunda:elementVariable',
  'camunda:errorCodeVariable',
  'camunda:errorMessageVariable',
  'camunda:escalationCodeVariable',
];

/** Variables that a node sets in its own process, all that an approver does not enter. */
function writtenAround(node: ModdleElement, models: ModelSet): string[] {
  const loop = elementOf(node, 'loopCharacteristics');
  const speaking = [node, ...(loop === null ? [] : [loop]), ...elementsOf(node, 'eventDefinitions')];
  const form = isApproval(node, models.groups) ? null : models.formOf(node);
  const outs = extensions(node, 'camunda:Out');
  return [
    ...speaking.flatMap((each) => naming.flatMap((name) => attribute(each, name) ?? [])),
    ...(form === null ? [] : fieldsOf(form).flatMap(({ key }) => key ?? [])),
    // What a worker takes is its contract's to say, and ends with its task.
    ...(topicOf(node) === null ? namesOf(parameters(node, 'inputParameters')) : []),
    ...namesOf(parameters(node, 'outputParameters')),
    ...outs.flatMap((each) => attribute(each, 'target') ?? []),
    ...(handsAll(outs) ? models.calledBy(node).flatMap((called) => setIn(called, models)) : []),
  ];
}

/** Variables that a node sets in another process: one that it calls, or any that takes its signal. */
function handedOn(node: ModdleElement, models: ModelSet): string[] {
  const signals = elementsOf(node, 'eventDefinitions');
  const calls = models.calledBy(node).some((called) => asksApprovers(called, models)) ? [node] : [];
  return [...calls, ...signals].flatMap((giver) => {
    const ins = extensions(giver, 'camunda:In');
    const giving = processOf(node);
    const own = handsAll(ins) && giving !== null ? setIn(giving, models) : [];
    return [...ins.flatMap((each) => attribute(each, 'target') ?? []), ...own];
  });
}

function handsAll(mappings: readonly ModdleElement[]): boolean {
  return mappings.some((each) => attribute(each, 'variables') === 'all');
}

/** Every variable that some node of a process sets. */
function setIn(process: ModdleElement, models: ModelSet): string[] {
  return nodesOf(process).flatMap((node) => [...setBy(node, models.formOf(node))]);
}

function namesOf(mapped: readonly ModdleElement[]): string[] {
  return mapped.flatMap((each) => attribute(each, 'name') ?? []);
}
