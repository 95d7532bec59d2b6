import { groups } from '../../../domain/roles.js';
import { attribute, flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

/** A task that is nobody's appears in nobody's list. */
export const taskPeople = diagramRule('task-people', function* (definitions) {
  const known: readonly string[] = Object.values(groups);
  for (const node of flowNodes(definitions)) {
    if (node.$type !== 'bpmn:UserTask') continue;
    const named = (attribute(node, 'camunda:candidateGroups') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const unknown = named.filter((name) => !known.includes(name));
    if (unknown.length > 0) yield [node, `There is no group ${unknown.join(', ')}: use one of ${known.join(', ')}.`];
    if (named.length === 0 && attribute(node, 'camunda:assignee') === null) {
      yield [node, 'Nobody would see this task: name candidate groups or an assignee.'];
    }
  }
});
