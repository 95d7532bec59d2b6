import { attribute, descendants } from '../elements.js';
import { diagramRule } from '../rule.js';

const codeTypes = new Set([
  'bpmn:ScriptTask',
  'camunda:Script',
  'camunda:ExecutionListener',
  'camunda:TaskListener',
  'camunda:Connector',
]);
const codeAttributes = [
  'camunda:class',
  'camunda:delegateExpression',
  'camunda:variableMappingClass',
  'camunda:variableMappingDelegateExpression',
  'camunda:formHandlerClass',
  'camunda:resource',
  'camunda:decisionRef',
  'camunda:caseRef',
];

/** Code in a diagram would run inside the engine, with all its rights. */
export const noCode = diagramRule('no-code', function* (definitions) {
  for (const element of descendants(definitions)) {
    if (codeTypes.has(element.$type)) {
      yield [element, `Remove ${element.$type.replace(/^\w+:/, 'the ')}: what a diagram does, its service tasks do.`];
    }
    for (const name of codeAttributes.filter((each) => attribute(element, each) !== null)) {
      yield [element, `Remove ${name}: what a diagram does, its service tasks do.`];
    }
    if (element.$type === 'bpmn:FormalExpression' && attribute(element, 'language') !== null) {
      yield [element, 'Remove the language: conditions are expressions, not scripts.'];
    }
  }
});
