import { ProductError } from '../../kernel/errors.js';
import type { FileFinding } from '../../process/model-checks/index.js';

/** Most findings that a refusal spells out; it always says how many there are. */
const mostFindings = 100;

/** The refusal of an upload: one line an element with the rule and its cure, as Camunda Modeler shows it in its log. */
export function modelsRefused(findings: readonly FileFinding[]): ProductError {
  const shown = findings.slice(0, mostFindings);
  const things = findings.length === 1 ? '1 thing' : `${findings.length} things`;
  const lines = shown.map(({ file, element, rule, message }) => `${element} (${file}): ${rule}: ${message}`);
  const more = findings.length > shown.length ? [`… and ${findings.length - shown.length} more.`] : [];
  const text = [`Nothing was deployed, ${things} to mend:`, ...lines, ...more].join('\n');
  return new ProductError('models-refused', text, { findings: shown, findingCount: findings.length });
}
