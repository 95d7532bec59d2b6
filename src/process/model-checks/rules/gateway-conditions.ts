import type { ModdleElement } from 'bpmn-moddle';
import { attribute, elementOf, executableProcesses, nodesOf, sequenceFlows } from '../elements.js';
import { isOneExpression } from '../expressions.js';
import { diagramRule } from '../rule.js';

const deciding = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway']);

/** A flow without a condition is always taken, which hides that nobody thought about when. */
export const gatewayConditions = diagramRule('gateway-conditions', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions)) {
    for (const flow of sequenceFlows(process)) {
      const condition = conditionOf(flow);
      if (condition !== null && !isOneExpression(condition)) {
        yield [flow, "A condition is one expression, for example ${action == 'next'}."];
      }
    }
    for (const gateway of nodesOf(process).filter((node) => deciding.has(node.$type))) {
      const leaving = models.graphOf(process).outgoing(gateway);
      if (leaving.length < 2) continue;
      const byDefault = elementOf(gateway, 'default');
      for (const flow of leaving) {
        if (flow !== byDefault && conditionOf(flow) === null) {
          yield [flow, 'Give this flow a condition, or make it the default flow of its gateway.'];
        }
      }
    }
  }
});

function conditionOf(flow: ModdleElement): string | null {
  const condition = elementOf(flow, 'conditionExpression');
  return condition && (attribute(condition, 'body') ?? '');
}
