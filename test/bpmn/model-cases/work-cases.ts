import { begin, drawnFile, end, record, register, talk, way, withVariant } from './drawing.js';
import { bare, chain, edited, flow, sample, shipped, work, type ModelCase } from './model-case.js';

const entry = 'request-card.bpmn';
const withApproval = 'request-card-with-approval.bpmn';
const withoutApproval = 'request-card-without-approval.bpmn';
const timer = (inner: string) => [
  sample(
    chain([
      'wait',
      `<intermediateCatchEvent id="wait"><timerEventDefinition>${inner}</timerEventDefinition></intermediateCatchEvent>`,
    ]),
  ),
];
const duration = (text: string) => timer(`<timeDuration xsi:type="tFormalExpression">${text}</timeDuration>`);
/** A timer of the variable `holder` behind a condition. */
const timed = (condition: string) => [
  sample(
    `<startEvent id="begin" />${work('find', 'find-holder')[1]}<exclusiveGateway id="known" default="known-to-end" />
    <intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>\${holder}</timeDuration></timerEventDefinition></intermediateCatchEvent>${end()}
    ${way('begin', 'find', 'known', 'end')}${flow('known', 'wait', condition)}${flow('wait', 'end')}`,
  ),
];
const wrongTimer = ['sample.bpmn: wait: timers-set'];
const repeated = (loop: string, attributes = '') => [
  sample(
    chain([
      'find',
      `<serviceTask id="find" camunda:type="external" camunda:topic="find-holder" ${attributes}><multiInstanceLoopCharacteristics camunda:collection="\${execution.processBusinessKey}" ${loop} /></serviceTask>`,
    ]),
  ),
];
const notAsync = ['sample.bpmn: find: multi-instance-async'];
const retried = (name: string, value: string) => [
  sample(
    chain([
      'find',
      `<serviceTask id="find" camunda:type="external" camunda:topic="find-holder"><extensionElements><camunda:properties><camunda:property name="${name}" value="${value}" /></camunda:properties></extensionElements></serviceTask>`,
    ]),
  ),
];
const wrongRetry = ['sample.bpmn: find: retry-overrides'];

/** What the tasks and timers of a diagram need beside their topics, and whether people are asked who should be. */
export const workCases: readonly ModelCase[] = [
  { what: 'a timer of nothing', files: timer(''), findings: wrongTimer },
  { what: 'a timer with an empty duration', files: duration(' '), findings: wrongTimer },
  { what: 'a timer in words', files: duration('14 days'), findings: wrongTimer },
  {
    what: 'a timer with a duration and a date',
    files: timer('<timeDuration>P1D</timeDuration><timeDate>2030-01-01T00:00:00Z</timeDate>'),
    findings: wrongTimer,
  },
  { what: 'a duration where a date belongs', files: timer('<timeDate>P1D</timeDate>'), findings: wrongTimer },
  { what: 'a duration that ends after its T', files: duration('P1DT'), findings: wrongTimer },
  {
    what: 'a timer with text beside its expression',
    files: duration('P${execution.processBusinessKey}D'),
    findings: wrongTimer,
  },
  {
    what: 'a timer of a variable that may be empty',
    files: timed("${execution.hasVariable('holder')}"),
    findings: wrongTimer,
  },
  {
    what: 'a timer of a variable behind a gateway that tests it',
    files: timed("${execution.hasVariable('holder') and holder != null}"),
    findings: [],
  },
  { what: 'a timer with a date', files: timer('<timeDate>2030-01-31T08:00:00+01:00</timeDate>'), findings: [] },
  { what: 'a timer that repeats', files: timer('<timeCycle>R3/PT1H30M</timeCycle>'), findings: [] },
  { what: 'a timer by the calendar', files: timer('<timeCycle>0 0 8 * * MON-FRI</timeCycle>'), findings: [] },

  { what: 'parallel work without a step of its own', files: repeated(''), findings: notAsync },
  {
    what: 'parallel work with a step after the whole',
    files: repeated('', 'camunda:asyncAfter="true"'),
    findings: notAsync,
  },
  { what: 'parallel work with a step after each', files: repeated('camunda:asyncAfter="true"'), findings: [] },
  { what: 'work one after the other', files: repeated('isSequential="true"'), findings: [] },
  {
    what: 'work in a subprocess that runs in parallel',
    files: [
      sample(
        `<startEvent id="begin" /><subProcess id="each"><multiInstanceLoopCharacteristics camunda:collection="\${execution.processBusinessKey}" /><startEvent id="in" />
        ${work('find', 'find-holder')[1]}${work('find-more', 'find-holder')[1].replace('camunda:type', 'camunda:asyncAfter="true" camunda:type')}<endEvent id="out" />${way('in', 'find', 'find-more', 'out')}</subProcess>
        ${end()}${way('begin', 'each', 'end')}`,
      ),
    ],
    findings: notAsync,
  },

  { what: 'attempts in words', files: retried('retries', 'three'), findings: wrongRetry },
  { what: 'no attempt at all', files: retried('retries', '0'), findings: wrongRetry },
  { what: 'a delay in seconds', files: retried('retryDelay', '10s'), findings: wrongRetry },
  { what: 'a delay in months, which have no fixed length', files: retried('retryDelay', 'P1M'), findings: wrongRetry },
  { what: 'a delay of thousands of years', files: retried('retryDelay', 'P99999999D'), findings: wrongRetry },
  { what: 'attempts and delays that workers read', files: [...retried('retries', '3')], findings: [] },
  { what: 'a delay left empty by its template', files: retried('retryDelay', ''), findings: [] },

  {
    what: 'an approval that lost its approvers',
    files: edited(withApproval, [
      'camunda:candidateGroups="card-approvers"',
      'camunda:candidateGroups="card-operators"',
    ]),
    findings: [`${withApproval}: decide-request: approvers-only`],
  },
  {
    what: 'a variant that only says it has an approval',
    files: edited(withoutApproval, ['value="without-approval"', 'value="quick-with-approval"']),
    findings: [`${withoutApproval}: request-card-without-approval: approval-present`],
  },
  {
    what: 'a recorded decision that names its own task',
    files: withVariant(
      begin,
      register(),
      talk('look'),
      record('record', 'record', {}, 'look'),
      end(),
      way('begin', 'register', 'look', 'record', 'end'),
    ),
    findings: [`${drawnFile}: record: approval-recorded`],
  },
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
    what: 'an entry process without history',
    files: edited(entry, [' camunda:historyTimeToLive="P30D"', '']),
    findings: [`${entry}: request-card: history-time-to-live`],
  },
];
