import { type ModelCase, sampleForm, textField } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a component that this Tasklist leaves out',
    files: [sampleForm(textField, { type: 'filepicker', key: 'file' })],
    findings: ['sample.form: file: form-components'],
  },
  {
    what: 'a script component inside a group',
    files: [sampleForm({ type: 'group', id: 'box', components: [{ type: 'script', id: 'run' }] })],
    findings: ['sample.form: box: form-components', 'sample.form: run: form-components'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'every portable component',
    files: [
      sampleForm(
        textField,
        ...['number', 'checkbox', 'radio', 'select', 'checklist', 'taglist', 'datetime'].map((type) => ({
          type,
          key: type,
        })),
        { type: 'text' },
        { type: 'table', id: 't' },
        { type: 'image', id: 'i' },
      ),
    ],
    findings: [],
  },
];
