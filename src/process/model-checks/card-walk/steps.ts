import type { ModdleElement } from 'bpmn-moddle';
import {
  checkSteps,
  messageSteps,
  topicSteps,
  type CardStep,
  type CardStateOrNone,
} from '../../contract/card-steps.js';
import { extensionProperties, topics, type CheckName, type TopicName } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { attribute, messageName, parameters } from '../elements.js';
import { holdsExpression } from '../expressions.js';

/** The steps that a node may be for the card; none where it leaves the card alone. */
export function stepsOf(node: ModdleElement): readonly CardStep[] {
  const check = extensionProperty(node, extensionProperties.check) as CheckName | null;
  const single = messageSteps[messageName(node) ?? ''] ?? (check === null ? undefined : checkSteps[check]);
  const steps = topicSteps[attribute(node, 'camunda:topic') as TopicName] ?? (single === undefined ? [] : [single]);
  const given = constants(node);
  const mapped = new Set(parameters(node, 'inputParameters').map((each) => attribute(each, 'name')));
  const fits = ([input, value]: [string, string]) => (given.get(input) ?? value) === value;
  return steps.filter(
    ({ when = {}, needs }) => (needs === undefined || mapped.has(needs)) && Object.entries(when).every(fits),
  );
}

/** Inputs to which the diagram gives a constant. */
function constants(node: ModdleElement): Map<string, string> {
  const mapped = parameters(node, 'inputParameters').flatMap((each): [string, string][] => {
    const [name, value] = [attribute(each, 'name'), attribute(each, 'value')];
    return name === null || value === null || holdsExpression(value) ? [] : [[name, value]];
  });
  return new Map(mapped);
}

/** The states from which steps can be taken. */
export function neededBy(steps: readonly CardStep[]): CardStateOrNone[] {
  return [...new Set(steps.flatMap(({ moves }) => Object.keys(moves) as CardStateOrNone[]))];
}

/** What a designer can put on a way so that the card comes to one of some states; from one of others, where given. */
export function waysTo(to: readonly CardStateOrNone[], from?: ReadonlySet<CardStateOrNone>): string[] {
  const leads = ({ moves }: CardStep) =>
    (Object.entries(moves) as [CardStateOrNone, readonly CardStateOrNone[]][]).some(
      ([before, after]) => (from?.has(before) ?? true) && after.some((each) => each !== before && to.includes(each)),
    );
  const byTopic = Object.entries(topicSteps).filter(([, steps]) => steps.some(leads));
  const byMessage = Object.entries(messageSteps).filter(([, step]) => leads(step));
  return [
    ...byTopic.map(([topic]) => `"${topics[topic as TopicName].name}"`),
    ...byMessage.map(([message]) => `the message "${message}"`),
  ];
}
