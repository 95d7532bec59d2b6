import { bare, edited, type ModelCase } from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a test for the starter, whom every way of starting sets',
    files: edited(entry, ["${execution.hasVariable('query')}", "${execution.hasVariable('starter')}"]),
    findings: [`${entry}: to-confirm-again: deciding-tests`],
  },
  {
    what: 'a negated test for what is always set',
    files: edited(entry, [
      "${execution.hasVariable('query')}",
      "${not (execution.hasVariable('variantKey') or 1 == 2)}",
    ]),
    findings: [`${entry}: to-confirm-again: deciding-tests`],
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'a test for what only one way of starting sets', files: bare, findings: [] },
];
