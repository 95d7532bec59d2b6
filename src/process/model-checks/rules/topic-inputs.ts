import type { ModdleElement } from 'bpmn-moddle';
import { inputValues, type InputValues } from '../../contract/diagram-values.js';
import type { TopicContract, TopicName } from '../../contract/index.js';
import { attribute, executableProcesses, nodesOf, parameters } from '../elements.js';
import { holdsExpression } from '../expressions.js';
import { diagramRule } from '../rule.js';
import { topicOf, type Knowledge } from '../variables.js';

/** A worker gets what the contract says its topic needs, on every way a token may come. */
export const topicInputs = diagramRule('topic-inputs', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions)) {
    for (const node of nodesOf(process)) {
      const topic = topicOf(node);
      const known = models.variablesOf(process).during(node);
      if (topic === null || known === null) continue;
      for (const message of models.whole ? missingInputs(node, topic, known) : []) yield [node, message];
      for (const message of wrongMappings(node, topic)) yield [node, message];
    }
  }
});

function* missingInputs(node: ModdleElement, { inputs }: TopicContract, known: Knowledge): Generator<string> {
  for (const [name, type] of Object.entries(inputs)) {
    if (type.endsWith('?') || known.get(name) === 'value' || limitsOf(node)[name]?.constant === true) continue;
    yield `The input "${name}" has no value on some way to here: map it, or set it in an earlier form or task.`;
  }
}

function* wrongMappings(node: ModdleElement, { inputs }: TopicContract): Generator<string> {
  const mapped = new Map(
    parameters(node, 'inputParameters').map((each) => [attribute(each, 'name') ?? '', attribute(each, 'value') ?? '']),
  );
  for (const name of mapped.keys()) {
    if (!Object.hasOwn(inputs, name)) {
      yield `The topic takes no input "${name}": remove it, or name one of ${Object.keys(inputs).join(', ')}.`;
    }
  }
  for (const [name, { values, constant }] of Object.entries(limitsOf(node))) {
    const value = mapped.get(name);
    const left = value === undefined && (!constant || inputs[name]?.endsWith('?') === true);
    const calculated = !constant && holdsExpression(value ?? '');
    if (!left && !calculated && !values.includes(value ?? '')) {
      yield `Map the input "${name}" to one of the constants ${values.join(', ')}.`;
    }
  }
}

function limitsOf(node: ModdleElement): Readonly<Record<string, InputValues>> {
  return inputValues[attribute(node, 'camunda:topic') as TopicName] ?? {};
}
