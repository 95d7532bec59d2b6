import { type ModelCase, sampleForm, textField } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a textField field that takes more than the engine',
    files: [sampleForm({ ...textField, validate: { maxLength: 4001 } })],
    findings: ['sample.form: reason: text-length'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a text field without a maximum length, to which the door gives one',
    files: [sampleForm({ type: 'textarea', key: 'reason' })],
    findings: [],
  },
  { what: 'a text field as long as the engine takes', files: [sampleForm(textField)], findings: [] },
];
