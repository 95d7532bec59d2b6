import type { ModdleElement } from 'bpmn-moddle';
import { inputValues } from '../../contract/diagram-values.js';
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
      for (const message of missingInputs(topic, known)) yield [node, message];
      for (const message of wrongMappings(node, topic)) yield [node, message];
    }
  }
});

function* missingInputs({ inputs }: TopicContract, known: Knowledge): Generator<string> {
  for (const [name, type] of Object.entries(inputs)) {
    if (type.endsWith('?') || known.get(name) === 'value') continue;
    yield `The input "${name}" has no value on some way to here: map it, or set it in an earlier form or task.`;
  }
}

function* wrongMappings(node: ModdleElement, { inputs }: TopicContract): Generator<string> {
  const limits = inputValues[attribute(node, 'camunda:topic') as TopicName] ?? {};
  const mapped = new Map(parameters(node, 'inputParameters').map((each) => [attribute(each, 'name') ?? '', attribute(each, 'value')]));
  for (const name of mapped.keys()) {
    if (!Object.hasOwn(inputs, name)) {
      yield `The topic takes no input "${name}": remove it, or name one of ${Object.keys(inputs).join(', ')}.`;
    }
  }
  for (const [name, { values, constant }] of Object.entries(limits)) {
    const value = mapped.get(name);
    const required = !(inputs[name] ?? '').endsWith('?');
    const isExpression = holdsExpression(value ?? '');
    const wrong = typeof value === 'string' && !isExpression && !values.includes(value);
    const notConstant = constant && (isExpression || (required && !mapped.has(name)));
    if (wrong || notConstant) yield `Map the input "${name}" to one of the constants ${values.join(', ')}.`;
  }
}
