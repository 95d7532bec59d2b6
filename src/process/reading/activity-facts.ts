import type { ModdleElement } from 'bpmn-moddle';
import { elementOf, elementsOf, extensions } from '../model-checks/elements.js';
import { formFacts } from './form-facts.js';
import type { Facts } from './reading.js';
import { commaSeparated, documentation, own } from './texts.js';

const behaviours: Readonly<Record<string, string>> = {
  'bpmn:Task': 'TaskActivityBehavior',
  'bpmn:ManualTask': 'ManualTaskActivityBehavior',
  'bpmn:UserTask': 'UserTaskActivityBehavior',
  'bpmn:ReceiveTask': 'ReceiveTaskActivityBehavior',
  'bpmn:CallActivity': 'CallActivityBehavior',
  'bpmn:SubProcess': 'SubProcessActivityBehavior',
  'bpmn:Transaction': 'SubProcessActivityBehavior',
  'bpmn:ExclusiveGateway': 'ExclusiveGatewayActivityBehavior',
  'bpmn:InclusiveGateway': 'InclusiveGatewayActivityBehavior',
  'bpmn:ParallelGateway': 'ParallelGatewayActivityBehavior',
  'bpmn:EventBasedGateway': 'EventBasedGatewayActivityBehavior',
};

/**
 * Adds what an activity or gateway does.
 * @param element what says so: the node itself, or the definition of a message that a worker sends
 */
export function activityFacts(element: ModdleElement, node: ModdleElement, facts: Facts): void {
  if (own(element, 'camunda:type') === 'external') {
    facts.add('behaviour', 'ExternalTaskActivityBehavior');
    facts.add('topic', own(element, 'camunda:topic')).add('taskPriority', own(element, 'camunda:taskPriority'));
    const properties = extensions(node, 'camunda:Properties').flatMap((each) => elementsOf(each, 'values'));
    facts.addAll(
      'properties',
      properties.map((each) => `${own(each, 'name') ?? 'null'}=${own(each, 'value') ?? 'null'}`).sort(),
    );
    return;
  }
  facts.add(
    'behaviour',
    node['triggeredByEvent'] === true ? 'EventSubProcessActivityBehavior' : behaviours[node.$type],
  );
  if (node.$type === 'bpmn:UserTask') userTaskFacts(node, facts);
  if (node.$type === 'bpmn:CallActivity') callFacts(node, facts);
  const message = node.$type === 'bpmn:ReceiveTask' ? elementOf(node, 'messageRef') : null;
  if (message !== null) facts.add('waitsFor', `message ${own(message, 'name') ?? ''}`);
}

function userTaskFacts(node: ModdleElement, facts: Facts): void {
  facts
    .add('taskName', own(node, 'name'))
    .add('description', documentation(node))
    .add('assignee', own(node, 'camunda:assignee'))
    .addAll('candidateUsers', commaSeparated(own(node, 'camunda:candidateUsers')).sort())
    .addAll('candidateGroups', commaSeparated(own(node, 'camunda:candidateGroups')).sort())
    .add('dueDate', own(node, 'camunda:dueDate'))
    .add('followUpDate', own(node, 'camunda:followUpDate'))
    .add('priority', own(node, 'camunda:priority'));
  formFacts(node, facts);
}

function callFacts(node: ModdleElement, facts: Facts): void {
  facts
    .add('calls', own(node, 'calledElement'))
    .addUnless('binding', own(node, 'camunda:calledElementBinding'), 'latest')
    .add('version', own(node, 'camunda:calledElementVersion'))
    .add('calledVersionTag', own(node, 'camunda:calledElementVersionTag'));
  for (const mapping of extensions(node, 'camunda:In')) {
    const businessKey = own(mapping, 'businessKey') ?? '';
    if (businessKey !== '') facts.add('businessKey', businessKey);
    else facts.add('in', handedOver(mapping, mapping['local'] === true));
  }
  for (const mapping of extensions(node, 'camunda:Out'))
    facts.add(mapping['local'] === true ? 'outLocal' : 'out', handedOver(mapping, false));
}

function handedOver(mapping: ModdleElement, local: boolean): string {
  const prefix = local ? 'local ' : '';
  if (own(mapping, 'variables') === 'all') return `${prefix}all`;
  const source = own(mapping, 'source');
  const value = source === undefined ? `expression ${own(mapping, 'sourceExpression') ?? ''}` : source;
  return `${prefix}${own(mapping, 'target') ?? ''} = ${value}`;
}
