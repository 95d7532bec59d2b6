import type { ModdleElement } from 'bpmn-moddle';
import { attribute, elementOf } from '../elements.js';
import { parseExpressions, type KnownTexts } from '../expressions.js';

/** The flows a token may leave a node on, where only these variables are known. */
export function flowsTaken(node: ModdleElement, leaving: readonly ModdleElement[], known: KnownTexts): ModdleElement[] {
  const byDefault = elementOf(node, 'default');
  const taken: ModdleElement[] = [];
  for (const flow of leaving.filter((each) => each !== byDefault)) {
    const answer = leaving.length > 1 ? answerOf(flow, known) : true;
    if (answer !== false) taken.push(flow);
    // The first flow whose condition holds is the one that a gateway takes.
    if (answer === true && node.$type === 'bpmn:ExclusiveGateway') return taken;
  }
  const another = taken.some((flow) => answerOf(flow, known) === true);
  return byDefault === null || another ? taken : [...taken, byDefault];
}

/** True where the flows of a node are alternatives, so that only one token leaves it. */
export function isExclusive(node: ModdleElement): boolean {
  return node.$type === 'bpmn:ExclusiveGateway' || node.$type === 'bpmn:EventBasedGateway';
}

function answerOf(flow: ModdleElement, known: KnownTexts): boolean | null {
  const condition = elementOf(flow, 'conditionExpression');
  if (condition === null) return true;
  const [expression] = parseExpressions(attribute(condition, 'body') ?? '') ?? [];
  return expression?.truth(known) ?? null;
}
