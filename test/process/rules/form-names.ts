import { type ModelCase, sampleForm, textField } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a form that is not called like its file',
    files: [{ ...sampleForm(textField), name: 'other.form' }],
    findings: ['other.form: sample: form-names'],
  },
];

export const passing: readonly ModelCase[] = [
  { what: 'a form that is called like its file', files: [sampleForm(textField)], findings: [] },
];
