import { extensionProperties } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { isApproval } from '../approvals.js';
import { executableProcesses, nodesOf } from '../elements.js';
import { diagramRule } from '../rule.js';

/** An administrator chooses a variant by its name: what says that somebody approves has to ask somebody. */
export const approvalPresent = diagramRule('approval-present', function* (definitions, { models: { groups } }) {
  for (const process of executableProcesses(definitions)) {
    const variant = extensionProperty(process, extensionProperties.variant) ?? '';
    if (
      /(^|-)with-(\w+-)?approvals?(-|$)/.test(variant) &&
      !nodesOf(process).some((node) => isApproval(node, groups))
    ) {
      yield [
        process,
        `The variant is called "${variant}" but nobody approves: add a user task of ${groups.approving.join(', ')}, or rename it.`,
      ];
    }
  }
});
