import {
  chain,
  edited,
  type ModelCase,
  sample,
  sampleForm,
  task,
  textField,
} from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
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
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a form that is there',
    files: [
      sample(chain(task('look', 'camunda:formRef="sample" camunda:formRefBinding="deployment"'))),
      sampleForm(textField),
    ],
    findings: [],
  },
];
