import type { ModdleElement } from 'bpmn-moddle';
import { extensionProperties, type CheckName, type TopicName } from '../contract/index.js';
import { extensionProperty } from '../diagram.js';
import { attribute } from './elements.js';
import type { KnownGroups } from './known-groups.js';

interface Recording {
  readonly topic: TopicName;
  /** The check that states what the approver was shown. */
  readonly check: CheckName;
  /** Whether several tasks can make the decision together. */
  readonly shared: boolean;
}

/** Topics that record decisions. */
const recordings: readonly Recording[] = [
  { topic: 'record-decision', check: 'decide-request', shared: true },
  { topic: 'record-decisions', check: 'decide-requests', shared: false },
];

/** How a node records decisions; null for one that does not. */
export function recordingOf(node: ModdleElement): Recording | null {
  return recordings.find(({ topic }) => topic === attribute(node, 'camunda:topic')) ?? null;
}

/** The topic that belongs to the check of an approval; that of a single request where it has none. */
export function recordingFor(approval: ModdleElement): TopicName {
  const check = extensionProperty(approval, extensionProperties.check);
  return recordings.find((each) => each.check === check)?.topic ?? 'record-decision';
}

/** A user task in which somebody approves or rejects: by its check, or because it is for those who may. */
export function isApproval(node: ModdleElement, groups: KnownGroups): boolean {
  if (node.$type !== 'bpmn:UserTask') return false;
  const check = extensionProperty(node, extensionProperties.check);
  return (
    recordings.some((each) => each.check === check) || candidateGroups(node).some((group) => groups.isApproving(group))
  );
}

/** The groups that a user task names, as they stand there. */
export function candidateGroups(node: ModdleElement): string[] {
  return (attribute(node, 'camunda:candidateGroups') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
