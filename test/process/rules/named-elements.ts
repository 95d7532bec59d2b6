import { chain, edited, type ModelCase, sample, task } from '../../bpmn/model-cases/model-case.js';

const nameless = ['sample.bpmn: look: named-elements'];

export const failing: readonly ModelCase[] = [
  { what: 'a user task without a name', files: [sample(chain(task('look', 'name=""')))], findings: nameless },
  {
    what: 'a waiting event without a name',
    files: [
      sample(
        chain([
          'look',
          '<intermediateCatchEvent id="look" name=""><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>',
        ]),
      ),
    ],
    findings: nameless,
  },
  {
    what: 'a process without a name',
    files: edited('request-card.bpmn', [/(<bpmn:process [^>]*?) name="[^"]*"/, '<bpmn:process id="request-card"']),
    findings: ['request-card.bpmn: request-card: named-elements'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'ids as a modelling tool gives them',
    files: [sample(chain(task('Activity_1abc2de', 'name="Look"')))],
    findings: [],
  },
  {
    what: 'generated ids of flows and events',
    files: edited(
      'request-card.bpmn',
      ['to-choose-card', 'Flow_0x1y2z3'],
      ['request-refused-error', 'ErrorEventDefinition_0a1b2c3'],
    ),
    findings: [],
  },
];
