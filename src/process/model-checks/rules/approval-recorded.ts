import type { ModdleElement } from 'bpmn-moddle';
import { groups } from '../../../domain/roles.js';
import type { TopicName } from '../../contract/index.js';
import { attribute, elementOf, executableProcesses, idOf, nodesOf, parameters } from '../elements.js';
import { isVariant } from '../model-set.js';
import type { ProcessGraph } from '../process-graph.js';
import { diagramRule } from '../rule.js';

const recording: TopicName = 'record-decision';

/** A decision that is not recorded is none: the card would stay as it is, and nothing would prove who decided. */
export const approvalRecorded = diagramRule('approval-recorded', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions).filter(isVariant)) {
    const nodes = nodesOf(process);
    const approvals = nodes.filter(isApproval);
    const unrecorded = leadingPast(nodes, models.graphOf(process));
    for (const approval of approvals) {
      if (unrecorded.has(approval)) {
        yield [approval, `Draw a service task with the topic "${recording}" on every way from here to an end.`];
      }
    }
    for (const node of nodes.filter(records)) {
      const input = (name: string) =>
        parameters(node, 'inputParameters').find((each) => attribute(each, 'name') === name);
      const task = input('approvalTask');
      if (input('cause') !== undefined && task === undefined) continue;
      if (!approvals.some((each) => idOf(each) === (task && attribute(task, 'value')))) {
        yield [node, `Map the input "approvalTask" to the id of the user task of ${groups.approver} that decides.`];
      }
    }
  }
});

/** A user task of the approvers. */
export function isApproval(node: ModdleElement): boolean {
  const candidates = (attribute(node, 'camunda:candidateGroups') ?? '').split(',').map((name) => name.trim());
  return node.$type === 'bpmn:UserTask' && candidates.includes(groups.approver);
}

function records(node: ModdleElement): boolean {
  return attribute(node, 'camunda:topic') === recording;
}

/** Nodes from which a token can go to where nothing follows without passing a task that records. */
function leadingPast(nodes: readonly ModdleElement[], graph: ProcessGraph): ReadonlySet<ModdleElement> {
  const found = new Set(nodes.filter((node) => graph.outgoing(node).length === 0 && !records(node)));
  // A set hands out what is added to it while it is walked through.
  for (const node of found) {
    for (const flow of graph.incoming(node)) {
      const before = elementOf(flow, 'sourceRef');
      if (before !== null && !records(before)) found.add(before);
    }
  }
  return found;
}
