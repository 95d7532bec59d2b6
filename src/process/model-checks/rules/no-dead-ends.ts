import type { ModdleElement } from 'bpmn-moddle';
import { eventDefinition, executableProcesses, nodesOf, sequenceFlows } from '../elements.js';
import { diagramRule } from '../rule.js';

/** An end is drawn as an end, so that everybody sees it is meant. */
export const noDeadEnds = diagramRule('no-dead-ends', function* (definitions) {
  for (const process of executableProcesses(definitions)) {
    const flows = sequenceFlows(process);
    for (const flow of flows) {
      if (!flow['sourceRef'] || !flow['targetRef']) yield [flow, 'Connect this flow at both ends, or remove it.'];
    }
    const left = new Set(flows.map((flow) => flow['sourceRef']));
    for (const node of nodesOf(process)) {
      if (!left.has(node) && !endsRightly(node))
        yield [node, 'Nothing follows: draw a sequence flow to what comes next, or to an end event.'];
    }
  }
});

function endsRightly(node: ModdleElement): boolean {
  if (node.$type === 'bpmn:EndEvent' || node['triggeredByEvent'] === true || node['isForCompensation'] === true)
    return true;
  if (node.$parent?.$type === 'bpmn:AdHocSubProcess') return true;
  if (eventDefinition(node, 'bpmn:CompensateEventDefinition') !== null) return node.$type === 'bpmn:BoundaryEvent';
  return node.$type === 'bpmn:IntermediateThrowEvent' && eventDefinition(node, 'bpmn:LinkEventDefinition') !== null;
}
