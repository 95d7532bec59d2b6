import type { ModdleElement } from 'bpmn-moddle';
import { groups } from '../../../domain/roles.js';
import { approvalTasks, extensionProperties, type CheckName, type TopicName } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { attribute, elementOf, executableProcesses, idOf, nodesOf, parameters } from '../elements.js';
import { isVariant } from '../variant-declaration.js';
import { isErrorEvent, type ProcessGraph } from '../process-graph.js';
import { diagramRule } from '../rule.js';

/** Topics that record decisions, each with the check that tells what its approver was shown. */
const recordings: Partial<Record<TopicName, CheckName>> = {
  'record-decision': 'decide-request',
  'record-decisions': 'decide-requests',
};

/** A decision that is not recorded is none: the card would stay as it is, and nothing would prove who decided. */
export const approvalRecorded = diagramRule('approval-recorded', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions).filter(isVariant)) {
    const nodes = nodesOf(process);
    const approvals = nodes.filter(isApproval);
    const unrecorded = leadingPast(process, models.graphOf(process));
    for (const approval of approvals) {
      if (unrecorded.has(approval)) {
        yield [
          approval,
          `Draw a service task with the topic "${recordingFor(approval)}" on every way from here to an end.`,
        ];
      }
      if (isRepeated(approval)) {
        yield [
          approval,
          'Repeated, this counts once, whoever completes it: draw a user task for each approver, one after the other, and name all of them in "approvalTask".',
        ];
      }
    }
    const ids = new Set(approvals.map(idOf));
    const named = new Map<string, string | undefined>();
    let allKnown = true;
    for (const node of nodes.filter(records)) {
      const tasks = tasksNamedBy(node);
      if (tasks === null) continue;
      for (const task of tasks) named.set(task, recordings[topicOf(node)]);
      if (tasks.length === 0 || !tasks.every((task) => ids.has(task))) {
        allKnown = false;
        yield [
          node,
          `Map the input "approvalTask" to the id of the user task of ${groups.approver} that decides; ids of several are separated by commas.`,
        ];
      } else if (new Set(tasks).size < tasks.length) {
        yield [node, 'The input "approvalTask" names a user task twice: name each once.'];
      }
    }
    for (const approval of approvals) {
      const seeing = named.get(idOf(approval));
      if (seeing !== undefined && extensionProperty(approval, extensionProperties.check) !== seeing) {
        yield [
          approval,
          `Set its extension property "check" to "${seeing}": it tells what the approver was shown, without which no approval can be recorded.`,
        ];
      }
      // Where a name is wrong, it may be this one that is meant: one finding is enough.
      if (allKnown && !unrecorded.has(approval) && !named.has(idOf(approval))) {
        yield [
          approval,
          `Nothing records who completed this: add "${idOf(approval)}" to the input "approvalTask" of the task that records the decision.`,
        ];
      }
    }
  }
});

/** A user task of the approvers. */
export function isApproval(node: ModdleElement): boolean {
  const candidates = (attribute(node, 'camunda:candidateGroups') ?? '').split(',').map((name) => name.trim());
  return node.$type === 'bpmn:UserTask' && candidates.includes(groups.approver);
}

/** A loop gives all its tasks the same id, so that nothing would tell one approval from another. */
function isRepeated(node: ModdleElement): boolean {
  return elementOf(node, 'loopCharacteristics') !== null || (node.$parent !== undefined && isRepeated(node.$parent));
}

/** Null where the time limit decides, and so nobody. */
function tasksNamedBy(node: ModdleElement): string[] | null {
  const input = (name: string) => parameters(node, 'inputParameters').find((each) => attribute(each, 'name') === name);
  const task = input('approvalTask');
  if (task === undefined) return input('cause') === undefined ? [] : null;
  return approvalTasks(attribute(task, 'value') ?? '');
}

function records(node: ModdleElement): boolean {
  return topicOf(node) in recordings;
}

function topicOf(node: ModdleElement): TopicName {
  return (attribute(node, 'camunda:topic') ?? '') as TopicName;
}

/** The topic that belongs to the check of an approval; that of a single request where it has none. */
function recordingFor(approval: ModdleElement): string {
  const check = extensionProperty(approval, extensionProperties.check);
  return Object.entries(recordings).find(([, seeing]) => seeing === check)?.[0] ?? 'record-decision';
}

/** Nodes from which a token can go to where the process ends without passing a task that records. */
function leadingPast(process: ModdleElement, graph: ProcessGraph): ReadonlySet<ModdleElement> {
  const isLast = (node: ModdleElement) => graph.outgoing(node).length === 0 && !records(node);
  const found = new Set(nodesOf(process).filter((node) => node.$parent === process && isLast(node)));
  // A set hands out what is added to it while it is walked through.
  for (const node of found) {
    for (const flow of graph.incoming(node)) {
      const before = elementOf(flow, 'sourceRef');
      if (before !== null && !records(before)) found.add(before);
    }
    for (const inner of leadingOutTo(node)) {
      if (isLast(inner)) found.add(inner);
    }
  }
  return found;
}

/** What ends in a subprocess goes on behind it, and an error of it at its boundary events. */
function leadingOutTo(node: ModdleElement): ModdleElement[] {
  const host = elementOf(node, 'attachedToRef');
  return host === null ? nodesOf(node).filter(({ $parent }) => $parent === node) : nodesOf(host).filter(isErrorEvent);
}
