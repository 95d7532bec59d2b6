import type { ModdleElement } from 'bpmn-moddle';
import { groups } from '../../../domain/roles.js';
import type { TopicName } from '../../contract/index.js';
import { attribute, elementOf, executableProcesses, idOf, nodesOf, parameters, sequenceFlows } from '../elements.js';
import { isVariant } from '../model-set.js';
import { diagramRule } from '../rule.js';

const recording: TopicName = 'record-decision';

/** A decision that is not recorded is none: the card would stay as it is, and nothing would prove who decided. */
export const approvalRecorded = diagramRule('approval-recorded', function* (definitions) {
  for (const process of executableProcesses(definitions).filter(isVariant)) {
    const nodes = nodesOf(process);
    const approvals = nodes.filter(isApproval);
    const flows = sequenceFlows(process);
    for (const approval of approvals) {
      if (endsUnrecorded(approval, flows)) {
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

/** True when a token can go from `start` to where nothing follows without passing a task that records. */
function endsUnrecorded(start: ModdleElement, flows: readonly ModdleElement[]): boolean {
  const visited = new Set<ModdleElement>();
  const ahead = [start];
  for (let node = ahead.pop(); node !== undefined; node = ahead.pop()) {
    if (visited.has(node) || records(node)) continue;
    visited.add(node);
    const next = flows
      .filter((flow) => flow['sourceRef'] === node)
      .map((flow) => elementOf(flow, 'targetRef'))
      .filter((each) => each !== null);
    if (next.length === 0) return true;
    ahead.push(...next);
  }
  return false;
}
