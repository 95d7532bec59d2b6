import { descendants, texts } from '../elements.js';
import { holdsExpression, parseExpressions } from '../expressions.js';
import { diagramRule } from '../rule.js';

/** An expression runs inside the engine and could reach every bean of it; see the grammar in `expressions.ts`. */
export const allowedExpressions = diagramRule('allowed-expressions', function* (definitions) {
  for (const element of descendants(definitions)) {
    for (const text of texts(element)) {
      if (holdsExpression(text) && parseExpressions(text) === null) {
        yield [element, `The expression ${shortened(text)} does more than read and compare variables: simplify it.`];
      }
    }
  }
});

function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
