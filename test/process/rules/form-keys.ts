import { type ModelCase, sampleForm, textField } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'two fields of one key',
    files: [sampleForm(textField, { type: 'number', key: 'reason' })],
    findings: ['sample.form: reason: form-keys'],
  },
  {
    what: 'a field without a key',
    files: [sampleForm({ type: 'checkbox', id: 'tick' })],
    findings: ['sample.form: tick: form-keys'],
  },
  {
    what: 'a key that is no name of a variable',
    files: [sampleForm({ type: 'checkbox', key: 'a.b' })],
    findings: ['sample.form: a.b: form-keys'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'two fields with keys of their own',
    files: [sampleForm(textField, { type: 'number', key: 'count' })],
    findings: [],
  },
];
