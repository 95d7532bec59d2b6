import {
  chain,
  edited,
  flow,
  type ModelCase,
  named,
  onTask,
  sample,
  task,
  work,
} from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

const notKnown = ['sample.bpmn: look: known-variables'];

/** A task for each of a list, with an input. */
const looped = (collection: string, input: string): readonly [string, string] => [
  'look',
  `<userTask id="look" camunda:assignee="x"><extensionElements><camunda:inputOutput><camunda:inputParameter name="mapped">${input}</camunda:inputParameter></camunda:inputOutput></extensionElements>
    <multiInstanceLoopCharacteristics camunda:asyncBefore="true" camunda:collection="${collection}" camunda:elementVariable="one" /></userTask>`,
];

export const failing: readonly ModelCase[] = [
  {
    what: 'an input that reads another input of its element',
    files: onTask(
      `<extensionElements><camunda:inputOutput><camunda:inputParameter name="first">x</camunda:inputParameter><camunda:inputParameter name="second">\${first}</camunda:inputParameter></camunda:inputOutput></extensionElements>`,
    ),
    findings: notKnown,
  },
  {
    what: 'a loop over an input of its own element',
    files: [sample(chain(looped('${mapped}', 'x')))],
    findings: notKnown,
  },
  {
    what: 'no check where the variant comes from',
    files: edited(entry, ['<camunda:property name="check" value="request-card" />', '']),
    findings: [`${entry}: run-variant: known-variables`, `${entry}: run-variant: known-variables`],
  },
  { what: 'a variable that nothing sets', files: named('${nobody}'), findings: notKnown },
  {
    what: 'a variable, tested too late',
    files: named("${maybe == 1 &amp;&amp; execution.hasVariable('maybe')}"),
    findings: notKnown,
  },
  {
    what: 'a variable that is set on one of two ways',
    files: edited(entry, ["${execution.hasVariable('query')}", "${action == 'next'}"]),
    findings: [`${entry}: to-confirm-again: known-variables`],
  },
  {
    what: 'a mapped variable after its task',
    files: [
      sample(
        chain(
          [
            'one',
            `<userTask id="one" camunda:assignee="\${mapped}"><extensionElements><camunda:inputOutput>
      <camunda:inputParameter name="mapped">x</camunda:inputParameter></camunda:inputOutput></extensionElements></userTask>`,
          ],
          task('look', 'name="${mapped}"'),
        ),
      ),
    ],
    findings: notKnown,
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'an input that reads what its loop goes over',
    files: [sample(chain(work('find', 'find-holder'), looped('${holders}', '${one}')))],
    findings: [],
  },
  { what: 'a variable, tested', files: named("${execution.hasVariable('maybe') &amp;&amp; maybe == 1}"), findings: [] },
  {
    what: 'variables of mappings and of a multi-instance',
    files: [
      sample(
        chain(
          work('find', 'find-holder'),
          [
            'each',
            `<userTask id="each" name="\${one} \${mapped} \${loopCounter}" camunda:candidateGroups="card-operators">
            <extensionElements><camunda:inputOutput><camunda:inputParameter name="mapped">\${notice}</camunda:inputParameter>
              <camunda:outputParameter name="kept">\${one}</camunda:outputParameter></camunda:inputOutput></extensionElements>
            <multiInstanceLoopCharacteristics camunda:collection="\${holders}" camunda:elementVariable="one">
              <completionCondition xsi:type="tFormalExpression">\${nrOfCompletedInstances &gt; 1 and kept == 'x'}</completionCondition>
            </multiInstanceLoopCharacteristics></userTask>`,
          ],
          task('after', 'name="${kept}"'),
        ),
      ),
    ],
    findings: [],
  },
  {
    what: 'variables of a subprocess, outside and inside',
    files: [
      sample(`<startEvent id="begin" camunda:initiator="starter" />
        <subProcess id="inner"><startEvent id="inner-begins" />${work('find', 'find-holder')[1]}${task('see', 'name="${starter} ${notice}"')[1]}
          <endEvent id="inner-ends" />${flow('inner-begins', 'find')}${flow('find', 'see')}${flow('see', 'inner-ends')}</subProcess>
        ${task('look', 'name="${notice}"')[1]}<endEvent id="end" />${flow('begin', 'inner')}${flow('inner', 'look')}${flow('look', 'end')}`),
    ],
    findings: [],
  },
];
