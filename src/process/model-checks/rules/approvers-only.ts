import { candidateGroups, isApproval } from '../approvals.js';
import { attribute, flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

/** What somebody else could complete would be refused when it is recorded, after people have done their work. */
export const approversOnly = diagramRule('approvers-only', function* (definitions, { models: { groups } }) {
  const cure = `name candidate groups of ${groups.approving.join(', ')} and nobody else`;
  for (const node of flowNodes(definitions).filter((each) => isApproval(each, groups))) {
    const named = candidateGroups(node);
    const others = named.filter((group) => !groups.mayApprove(group));
    if (named.length === 0) yield [node, `Nobody who may approve is asked: ${cure}.`];
    if (others.length > 0)
      yield [node, `Members of ${others.join(', ')} may not approve, but could complete this: ${cure}.`];
    for (const by of ['camunda:assignee', 'camunda:candidateUsers']) {
      const people = attribute(node, by);
      if (people !== null)
        yield [node, `${people} could complete this whether they may approve or not: remove ${by}, ${cure}.`];
    }
  }
});
