import { edited, flow, type ModelCase, sample, work } from '../../bpmn/model-cases/model-case.js';
import { abort, entry } from '../../bpmn/model-cases/shipped-files.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'an error that is caught nowhere',
    files: edited(abort, ['errorCode="abort-refused"', 'errorCode="abort-refusal"']),
    findings: [`${abort}: abort-request: caught-errors`],
  },
  {
    what: 'an error of a variant that its entry process does not catch',
    files: edited(entry, ['errorCode="variant-changed"', 'errorCode="variant-change"']),
    findings: [
      'request-card-with-approval.bpmn: register-request: caught-errors',
      'request-card-without-approval.bpmn: register-request: caught-errors',
    ],
  },
  {
    what: 'an error end event that nobody catches',
    files: [
      sample(
        `<startEvent id="begin" /><endEvent id="failed"><errorEventDefinition errorRef="own" /></endEvent>${flow('begin', 'failed')}`,
        {
          roots: '<error id="own" errorCode="own" />',
        },
      ),
    ],
    findings: ['sample.bpmn: failed: caught-errors'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a catch-all instead of two codes',
    files: edited(entry, [' errorRef="variant-changed-code"', ''], [' errorRef="request-refused-code"', '']),
    findings: [],
  },
  {
    what: 'an error caught around a subprocess, another by an event subprocess',
    files: [
      sample(
        `<startEvent id="begin" />
        <subProcess id="inner"><startEvent id="inner-begins" />${work('find', 'abort-request', { requestId: 'x' })[1]}
          <endEvent id="failed"><errorEventDefinition errorRef="own" /></endEvent>${flow('inner-begins', 'find')}${flow('find', 'failed')}</subProcess>
        <boundaryEvent id="refused" attachedToRef="inner"><errorEventDefinition errorRef="refusal" /></boundaryEvent>
        <subProcess id="on-own" triggeredByEvent="true"><startEvent id="own-thrown"><errorEventDefinition errorRef="own" /></startEvent>
          <endEvent id="own-ends" />${flow('own-thrown', 'own-ends')}</subProcess>
        <endEvent id="end" />${flow('begin', 'inner')}${flow('inner', 'end')}${flow('refused', 'end')}`,
        { roots: '<error id="refusal" errorCode="abort-refused" /><error id="own" errorCode="own" />' },
      ),
    ],
    findings: [],
  },
];
