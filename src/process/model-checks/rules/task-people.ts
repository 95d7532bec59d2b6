import { candidateGroups } from '../approvals.js';
import { attribute, flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

/** A task that is nobody's appears in nobody's list. */
export const taskPeople = diagramRule('task-people', function* (definitions, { models: { groups } }) {
  const cure = `use one of ${groups.usable.join(', ')}, or have an administrator make one`;
  for (const node of flowNodes(definitions)) {
    if (node.$type !== 'bpmn:UserTask') continue;
    const named = candidateGroups(node);
    const missing = named.filter((group) => groups.isMissing(group));
    if (missing.length > 0) yield [node, `There is no group ${missing.join(', ')}: ${cure}.`];
    const retired = named.filter((group) => groups.isRetired(group));
    if (retired.length > 0) yield [node, `The group ${retired.join(', ')} is retired: ${cure}.`];
    if (named.length === 0 && attribute(node, 'camunda:assignee') === null) {
      yield [node, 'Nobody would see this task: name candidate groups or an assignee.'];
    }
  }
});
