import { begin, end, register, way, withVariant } from '../../bpmn/model-cases/drawing.js';
import { bare, edited, type ModelCase, shipped } from '../../bpmn/model-cases/model-case.js';
import { withApproval, withoutApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'the same variant twice',
    files: [
      ...bare,
      {
        name: 'request-card-copy.bpmn',
        content: (shipped.find(({ name }) => name === withoutApproval)?.content ?? '').replaceAll(
          '"request-card-without-approval"',
          '"request-card-copy"',
        ),
      },
    ],
    findings: [withoutApproval, 'request-card-copy.bpmn'].map(
      (file) => `${file}: ${file.replace('.bpmn', '')}: variant-names`,
    ),
  },
  {
    what: 'a variant of an unknown use case',
    files: edited(withoutApproval, ['name="useCase" value="request-card"', 'name="useCase" value="request-cards"']),
    findings: [
      `${withoutApproval}: register-request: topic-inputs`,
      `${withoutApproval}: register-request: topic-inputs`,
      `${withoutApproval}: register-request: caught-errors`,
      `${withoutApproval}: register-request: caught-errors`,
      `${withoutApproval}: request-card-without-approval: variant-names`,
    ],
  },
  {
    what: 'a variant without a name',
    files: edited(withoutApproval, ['<camunda:property name="variant" value="without-approval" />', '']),
    findings: [`${withoutApproval}: request-card-without-approval: variant-names`],
  },
  {
    what: 'two variants of one name',
    files: edited(withoutApproval, ['value="without-approval"', 'value="with-approval"']),
    findings: [
      `${withApproval}: request-card-with-approval: variant-names`,
      `${withoutApproval}: request-card-without-approval: variant-names`,
      `${withoutApproval}: request-card-without-approval: approval-present`,
    ],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a variant of a name of its own',
    files: withVariant(begin, register('approved'), end(), way('begin', 'register', 'end')),
    findings: [],
  },
];
