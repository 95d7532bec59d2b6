import { end, way } from '../../bpmn/model-cases/drawing.js';
import { chain, flow, type ModelCase, sample, work } from '../../bpmn/model-cases/model-case.js';

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

export const failing: readonly ModelCase[] = [
  { what: 'a timer of nothing', files: timer(''), findings: wrongTimer },
  { what: 'a timer with an empty duration', files: duration(' '), findings: wrongTimer },
  { what: 'a timer in words', files: duration('14 days'), findings: wrongTimer },
  {
    what: 'a timer with a duration and a date',
    files: timer('<timeDuration>P1D</timeDuration><timeDate>2030-01-01T00:00:00Z</timeDate>'),
    findings: wrongTimer,
  },
  { what: 'a duration where a date belongs', files: timer('<timeDate>P1D</timeDate>'), findings: wrongTimer },
  { what: 'weeks together with days', files: duration('P1W2D'), findings: wrongTimer },
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
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a timer of a variable behind a gateway that tests it',
    files: timed("${execution.hasVariable('holder') and holder != null}"),
    findings: [],
  },
  { what: 'a timer with a date', files: timer('<timeDate>2030-01-31T08:00:00+01:00</timeDate>'), findings: [] },
  { what: 'a timer of weeks', files: duration('P2W'), findings: [] },
  { what: 'a timer that repeats', files: timer('<timeCycle>R3/PT1H30M</timeCycle>'), findings: [] },
  { what: 'a timer by the calendar', files: timer('<timeCycle>0 0 8 * * MON-FRI</timeCycle>'), findings: [] },
];
