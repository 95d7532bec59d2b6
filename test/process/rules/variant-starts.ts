import { begin, end, register, way, withVariant } from '../../bpmn/model-cases/drawing.js';
import { edited, type ModelCase } from '../../bpmn/model-cases/model-case.js';
import { withoutApproval } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a variant that starts by itself',
    files: edited(withoutApproval, [
      '<bpmn:outgoing>to-register-request</bpmn:outgoing>',
      '<bpmn:outgoing>to-register-request</bpmn:outgoing><bpmn:timerEventDefinition id="hourly"><bpmn:timeCycle xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression">R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>',
    ]),
    findings: [`${withoutApproval}: request-begins: variant-starts`],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a variant that is begun by its entry process',
    files: withVariant(begin, register('approved'), end(), way('begin', 'register', 'end')),
    findings: [],
  },
];
