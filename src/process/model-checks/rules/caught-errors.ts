import type { ModdleElement } from 'bpmn-moddle';
import {
  catchesError,
  errorCode,
  eventDefinition,
  executableProcesses,
  idOf,
  nodesOf,
  processOf,
} from '../elements.js';
import type { ModelSet } from '../model-set.js';
import { isVariant } from '../variant-declaration.js';
import { diagramRule } from '../rule.js';
import { topicOf } from '../variables.js';

/** A BPMN error that nobody catches is an incident, in an instance that nobody can move on. */
export const caughtErrors = diagramRule('caught-errors', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions)) {
    for (const node of nodesOf(process)) {
      for (const code of codesThrownBy(node)) {
        if (isCaught(node, code, models, new Set()) || (!models.whole && isVariant(process))) continue;
        yield [
          node,
          `Nobody catches the error "${code}": attach an error boundary event for it${hint(models.callersOf(process))}.`,
        ];
      }
    }
  }
});

function hint(callers: readonly ModdleElement[]): string {
  return callers.length === 0 ? '' : `, here or on ${callers.map((call) => `"${idOf(call)}"`).join(' and ')}`;
}

function codesThrownBy(node: ModdleElement): readonly string[] {
  const thrown = node.$type === 'bpmn:EndEvent' && eventDefinition(node, 'bpmn:ErrorEventDefinition');
  return [...(topicOf(node)?.errors ?? []), ...(thrown ? [errorCode(thrown) ?? ''] : [])];
}

/** True when the activity, something around it, or every caller of its process catches the code. */
function isCaught(activity: ModdleElement, code: string, models: ModelSet, visited: Set<ModdleElement>): boolean {
  const scope = activity.$parent;
  if (scope === undefined || visited.has(activity)) return false;
  visited.add(activity);
  const process = processOf(activity);
  if (process === null) return false;
  const graph = models.graphOf(process);
  const handlers = [...graph.attachedTo(activity), ...graph.eventStarts(scope)];
  if (handlers.some((handler) => catchesError(handler, code))) return true;
  if (scope.$type !== 'bpmn:Process') return isCaught(scope, code, models, visited);
  const callers = models.callersOf(scope);
  return callers.length > 0 && callers.every((call) => isCaught(call, code, models, visited));
}
