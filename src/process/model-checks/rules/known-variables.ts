import type { ModdleElement } from 'bpmn-moddle';
import { descendants, elementOf, elementsOf, executableProcesses, nodesOf, sequenceFlows, texts } from '../elements.js';
import { parseExpressions } from '../expressions.js';
import { diagramRule } from '../rule.js';
import type { FlowVariables, Knowledge } from '../variables.js';

/** Reading a variable that does not exist fails in the middle of a process; a bean of the engine would answer instead. */
export const knownVariables = diagramRule('known-variables', function* (definitions, { models }) {
  for (const process of models.whole ? executableProcesses(definitions) : []) {
    const variables = models.variablesOf(process);
    for (const element of [...nodesOf(process), ...sequenceFlows(process)]) {
      for (const part of ownParts(element)) {
        const known = knownAt(part, element, variables);
        const reads = [...texts(part)].flatMap((text) => parseExpressions(text) ?? []).flatMap((each) => each.reads);
        for (const name of new Set(reads)) {
          if (known === null || known.has(name)) continue;
          yield [
            element,
            `The variable "${name}" is not set on some way to here: set it in a form or task before, or test it with hasVariable.`,
          ];
        }
      }
    }
  }
});

/** An element and what is in it, but not the elements of a subprocess, which speak for themselves. */
function ownParts(element: ModdleElement): ModdleElement[] {
  const inner = new Set(elementsOf(element, 'flowElements').flatMap((each) => [...descendants(each)]));
  return [...descendants(element)].filter((each) => !inner.has(each));
}

/** What exists when an expression is evaluated; null where no token can come. */
function knownAt(part: ModdleElement, element: ModdleElement, variables: FlowVariables): Knowledge | null {
  const source = elementOf(element, 'sourceRef');
  if (source !== null) return variables.after(source);
  const inside = lineage(part);
  const isIn = (type: string) => inside.some(({ $type }) => $type === type);
  // Inputs and what a loop goes over are read before there is any input, beside them as little as after them.
  if (isIn('camunda:InputParameter')) return variables.looping(element);
  const loop = inside.find(({ $type }) => $type === 'bpmn:MultiInstanceLoopCharacteristics');
  const completion = loop === undefined ? null : elementOf(loop, 'completionCondition');
  const isCompletion = completion !== null && inside.includes(completion);
  if (loop !== undefined && !isCompletion) return variables.before(element);
  const known = variables.during(element);
  const after = variables.after(element);
  return known && after && (isCompletion || isIn('camunda:OutputParameter')) ? new Map([...known, ...after]) : known;
}

function lineage(element: ModdleElement): ModdleElement[] {
  return element.$parent === undefined ? [element] : [element, ...lineage(element.$parent)];
}
