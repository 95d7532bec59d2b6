import { messages } from '../../contract/index.js';
import { eventDefinition, flowNodes, messageName } from '../elements.js';
import { diagramRule } from '../rule.js';

/** A message that nothing sends would be waited for until the end of time. */
export const knownMessages = diagramRule('known-messages', function* (definitions) {
  const known: readonly string[] = Object.values(messages);
  for (const node of flowNodes(definitions)) {
    const waits = node.$type === 'bpmn:ReceiveTask' || eventDefinition(node, 'bpmn:MessageEventDefinition') !== null;
    if (!waits) continue;
    const name = messageName(node);
    if (name === null || !known.includes(name)) {
      yield [
        node,
        `${name === null ? 'It names no message' : `Nothing sends the message "${name}"`}: use one of ${known.join(', ')}.`,
      ];
    }
  }
});
