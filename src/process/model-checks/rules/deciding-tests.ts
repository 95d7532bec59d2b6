import { attribute, elementOf, executableProcesses, sequenceFlows } from '../elements.js';
import { parseExpressions } from '../expressions.js';
import { diagramRule } from '../rule.js';

/** A test whose answer is always the same sends every token one way, although its author meant it to decide. */
export const decidingTests = diagramRule('deciding-tests', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions)) {
    for (const flow of sequenceFlows(process)) {
      const source = elementOf(flow, 'sourceRef');
      const condition = elementOf(flow, 'conditionExpression');
      const known = source && models.variablesOf(process).after(source);
      if (condition === null || known === null) continue;
      const tested = (parseExpressions(attribute(condition, 'body') ?? '') ?? []).flatMap(({ tests }) => tests);
      for (const name of tested.filter((each) => known.has(each))) {
        yield [flow, `The variable "${name}" is set on every way to here: test one that only some ways set.`];
      }
    }
  }
});
