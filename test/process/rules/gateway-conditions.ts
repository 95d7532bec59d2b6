import { beginByStarter, ends, flow, gateway, type ModelCase, sample } from '../../bpmn/model-cases/model-case.js';

export const failing: readonly ModelCase[] = [
  {
    what: 'a gateway with a flow that says nothing about when',
    files: [
      sample(
        `${beginByStarter}${gateway('fork')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', "${starter == 'a'}")}${flow('fork', 'other')}`,
      ),
    ],
    findings: ['sample.bpmn: fork-to-other: gateway-conditions'],
  },
  {
    what: 'a condition that is a plain text',
    files: [
      sample(
        `${beginByStarter}${gateway('fork', 'default="fork-to-other"')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', 'starter')}${flow('fork', 'other')}`,
      ),
    ],
    findings: ['sample.bpmn: fork-to-one: gateway-conditions'],
  },
  {
    what: 'a condition of two expressions',
    files: [
      sample(
        `${beginByStarter}${gateway('fork', 'default="fork-to-other"')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', '${starter}${starter}')}${flow('fork', 'other')}`,
      ),
    ],
    findings: ['sample.bpmn: fork-to-one: gateway-conditions'],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a gateway whose flows all have conditions',
    files: [
      sample(
        `${beginByStarter}${gateway('fork')}${ends}${flow('begin', 'fork')}${flow('fork', 'one', "${starter == 'a'}")}${flow('fork', 'other', "${starter != 'a'}")}`,
      ),
    ],
    findings: [],
  },
];
