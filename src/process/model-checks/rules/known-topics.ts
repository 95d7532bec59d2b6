import { topics } from '../../contract/index.js';
import { attribute, eventDefinition, flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';
import { topicOf } from '../variables.js';

const workTypes = new Set(['bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:BusinessRuleTask']);
const throwTypes = new Set(['bpmn:EndEvent', 'bpmn:IntermediateThrowEvent']);

/** Work is done by workers, who know the topics of the contract and no others. */
export const knownTopics = diagramRule('known-topics', function* (definitions) {
  const palette = Object.keys(topics).join(', ');
  for (const node of flowNodes(definitions)) {
    const topic = attribute(node, 'camunda:topic');
    if (workTypes.has(node.$type) && (attribute(node, 'camunda:type') !== 'external' || topic === null)) {
      yield [node, `Make it an external task with one of the topics ${palette}.`];
    } else if (topic !== null && topicOf(node) === null) {
      yield [node, `No worker serves the topic "${topic}": use one of ${palette}.`];
    }
    if (throwTypes.has(node.$type) && eventDefinition(node, 'bpmn:MessageEventDefinition') !== null) {
      yield [node, 'Throwing a message needs code in the engine: let a service task of the palette do it.'];
    }
  }
});
