import { chain, edited, sample, sampleForm, task, type ModelCase } from './model-case.js';

const entry = 'request-card.bpmn';
const text = { type: 'textfield', key: 'reason', validate: { maxLength: 4000 } };

export const formCases: readonly ModelCase[] = [
  {
    what: 'a form of its newest version',
    files: edited(entry, [
      'camunda:formRef="choose-card" camunda:formRefBinding="deployment"',
      'camunda:formRef="choose-card" camunda:formRefBinding="latest"',
    ]),
    findings: [`${entry}: choose-card: form-references`],
  },
  {
    what: 'a form that is not there',
    files: [sample(chain(task('look', 'camunda:formRef="sample" camunda:formRefBinding="deployment"')))],
    findings: ['sample.bpmn: look: form-references'],
  },
  {
    what: 'an embedded form',
    files: [sample(chain(task('look', 'camunda:formKey="embedded:app:x.html"')))],
    findings: ['sample.bpmn: look: form-references'],
  },
  {
    what: 'a generated form',
    files: [
      sample(
        chain(
          task(
            'look',
            '',
            '<extensionElements><camunda:formData><camunda:formField id="x" type="string" /></camunda:formData></extensionElements>',
          ),
        ),
      ),
    ],
    findings: ['sample.bpmn: look: form-references'],
  },
  {
    what: 'a form that is there',
    files: [
      sample(chain(task('look', 'camunda:formRef="sample" camunda:formRefBinding="deployment"'))),
      sampleForm(text),
    ],
    findings: [],
  },
  {
    what: 'a form that is not called like its file',
    files: [{ ...sampleForm(text), name: 'other.form' }],
    findings: ['other.form: sample: form-names'],
  },
  {
    what: 'a component that this Tasklist leaves out',
    files: [sampleForm(text, { type: 'filepicker', key: 'file' })],
    findings: ['sample.form: file: form-components'],
  },
  {
    what: 'a script component inside a group',
    files: [sampleForm({ type: 'group', id: 'box', components: [{ type: 'script', id: 'run' }] })],
    findings: ['sample.form: box: form-components', 'sample.form: run: form-components'],
  },
  {
    what: 'two fields of one key',
    files: [sampleForm(text, { type: 'number', key: 'reason' })],
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
  {
    what: 'a text field without a maximum length',
    files: [sampleForm({ type: 'textarea', key: 'reason' })],
    findings: ['sample.form: reason: text-length'],
  },
  {
    what: 'a text field that takes more than the engine',
    files: [sampleForm({ ...text, validate: { maxLength: 4001 } })],
    findings: ['sample.form: reason: text-length'],
  },
  {
    what: 'every portable component',
    files: [
      sampleForm(
        text,
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
  {
    what: 'a form that is no JSON',
    files: [{ name: 'broken.form', content: '{' }],
    findings: ['broken.form: broken: readable-file'],
  },
  {
    what: 'a form without components',
    files: [{ name: 'broken.form', content: '{"id":"broken","type":"default"}' }],
    findings: ['broken.form: broken: readable-file'],
  },
  {
    what: 'a diagram that is no XML',
    files: [{ name: 'broken.bpmn', content: 'bpmn' }],
    findings: ['broken.bpmn: broken: readable-file'],
  },
  {
    what: 'a diagram that refers to nothing',
    files: edited(entry, ['sourceRef="find-holder"', 'sourceRef="find-nobody"']),
    findings: [`${entry}: request-card: readable-file`],
  },
  {
    what: 'a diagram with a DOCTYPE',
    files: [{ name: 'broken.bpmn', content: `<!DOCTYPE x>${sample(chain()).content}` }],
    findings: ['broken.bpmn: broken: readable-file'],
  },
  { what: 'a file of another kind', files: [{ name: 'README.md', content: '# Diagrams' }], findings: [] },
];
