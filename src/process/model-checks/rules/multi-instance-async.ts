import type { ModdleElement } from 'bpmn-moddle';
import { attribute, elementOf, flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

/**
 * Workers complete the instances of a parallel multi-instance at the same time, and each completion writes the same row
 * of the engine: all but one fail and are done again. A step of its own after each of them (`asyncAfter`) takes that
 * row out of the completion.
 */
export const multiInstanceAsync = diagramRule('multi-instance-async', function* (definitions) {
  for (const node of flowNodes(definitions)) {
    if (attribute(node, 'camunda:topic') === null) continue;
    const own = parallelLoop(node);
    if (own !== null && !isAsyncAfter(own)) {
      yield [
        node,
        'Set "Asynchronous after" of the multi-instance (not of the task): parallel completions fail without it.',
      ];
    } else if (own === null && isRepeatedInParallel(node) && !isAsyncAfter(node)) {
      yield [node, 'Set "Asynchronous after" of this task: the subprocess around it runs it several times at once.'];
    }
  }
});

function parallelLoop(node: ModdleElement): ModdleElement | null {
  const loop = elementOf(node, 'loopCharacteristics');
  return loop?.$type === 'bpmn:MultiInstanceLoopCharacteristics' && loop.get('isSequential') !== true ? loop : null;
}

function isRepeatedInParallel({ $parent: scope }: ModdleElement): boolean {
  return scope !== undefined && (parallelLoop(scope) !== null || isRepeatedInParallel(scope));
}

/** The moddle extension knows the attribute of activities only, so that of a loop is a text. */
function isAsyncAfter(element: ModdleElement): boolean {
  return [true, 'true'].some((value) => element.get('camunda:asyncAfter') === value);
}
