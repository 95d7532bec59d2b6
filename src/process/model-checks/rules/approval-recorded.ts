import type { ModdleElement } from 'bpmn-moddle';
import { approvalTasks, extensionProperties } from '../../contract/index.js';
import { extensionProperty, isTimeLimit } from '../../diagram.js';
import { isApproval, recordingFor, recordingOf } from '../approvals.js';
import { attribute, elementOf, executableProcesses, idOf, nodesOf, parameters } from '../elements.js';
import { isVariant } from '../variant-declaration.js';
import { isErrorEvent, type ProcessGraph } from '../process-graph.js';
import { diagramRule } from '../rule.js';

/** A decision that is not recorded is none: the card would stay as it is, and nothing would prove who decided. */
export const approvalRecorded = diagramRule('approval-recorded', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions).filter(isVariant)) {
    const nodes = nodesOf(process);
    const approvals = nodes.filter((node) => isApproval(node, models.groups));
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
          'Repeated, this counts once for all people who complete it: draw a user task for each approver, one after the other, and name all of them in "approvalTask".',
        ];
      }
    }
    const ids = new Set(approvals.map(idOf));
    const named = new Map<string, string | undefined>();
    let allKnown = true;
    for (const node of nodes.filter(records)) {
      const tasks = tasksNamedBy(node);
      if (tasks.length === 0 && isOnlyForTime(node, models.graphOf(process))) continue;
      for (const task of tasks) named.set(task, recordingOf(node)?.check);
      if (tasks.length === 0 || !tasks.every((task) => ids.has(task))) {
        allKnown = false;
        yield [
          node,
          `Map the input "approvalTask" to the id of the user task of ${models.groups.approving.join(', ')} that decides; ids of several are separated by commas. It may be left out only where nothing but the event of the time limit leads here.`,
        ];
      } else if (tasks.length > 1 && recordingOf(node)?.shared === false) {
        yield [node, 'One user task decides on a batch: name one in the input "approvalTask".'];
      } else if (new Set(tasks).size < tasks.length) {
        yield [node, 'The input "approvalTask" names a user task twice: name each once.'];
      }
    }
    for (const approval of approvals) {
      const seeing = named.get(idOf(approval));
      if (seeing !== undefined && extensionProperty(approval, extensionProperties.check) !== seeing) {
        yield [
          approval,
          `Set its extension property "check" to "${seeing}": it states what the approver was shown, without which no approval can be recorded.`,
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

/** A loop gives all its tasks the same id, so that nothing would distinguish one approval from another. */
function isRepeated(node: ModdleElement): boolean {
  return elementOf(node, 'loopCharacteristics') !== null || (node.$parent !== undefined && isRepeated(node.$parent));
}

function tasksNamedBy(node: ModdleElement): string[] {
  const task = parameters(node, 'inputParameters').find((each) => attribute(each, 'name') === 'approvalTask');
  return task === undefined ? [] : approvalTasks(attribute(task, 'value') ?? '');
}

/** True where every way here begins with the event of a time limit. */
function isOnlyForTime(node: ModdleElement, graph: ProcessGraph): boolean {
  const found = new Set([node]);
  // A set hands out what is added to it while it is walked through.
  for (const each of found) {
    if (isTimeLimit(each)) continue;
    const before = leadingTo(each, graph);
    if (before.length === 0) return false;
    for (const earlier of before) found.add(earlier);
  }
  return true;
}

/** From where a token comes to a node. */
function leadingTo(node: ModdleElement, graph: ProcessGraph): ModdleElement[] {
  const host = elementOf(node, 'attachedToRef');
  if (host !== null) return [host];
  const around = node.$parent;
  if (node.$type === 'bpmn:StartEvent' && around?.$type === 'bpmn:SubProcess' && around['triggeredByEvent'] !== true)
    return [around];
  return graph.incoming(node).flatMap((flow) => elementOf(flow, 'sourceRef') ?? []);
}

function records(node: ModdleElement): boolean {
  return recordingOf(node) !== null;
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

/** A token that ends in a subprocess continues behind it, and an error of it at its boundary events. */
function leadingOutTo(node: ModdleElement): ModdleElement[] {
  const host = elementOf(node, 'attachedToRef');
  return host === null ? nodesOf(node).filter(({ $parent }) => $parent === node) : nodesOf(host).filter(isErrorEvent);
}
