import { chain, edited, type ModelCase, sample, withExtension } from '../../bpmn/model-cases/model-case.js';
import { entry } from '../../bpmn/model-cases/shipped-files.js';

const noCode = ['sample.bpmn: look: no-code'];
const notKnown = ['sample.bpmn: look: known-variables'];

export const failing: readonly ModelCase[] = [
  {
    what: 'a script task',
    files: [sample(chain(['look', '<scriptTask id="look" scriptFormat="groovy"><script>1</script></scriptTask>']))],
    findings: noCode,
  },
  {
    what: 'an execution listener',
    files: withExtension('<camunda:executionListener event="start" class="x.Y" />'),
    findings: [...noCode, ...noCode],
  },
  {
    what: 'a task listener with an expression',
    files: withExtension('<camunda:taskListener event="create" expression="${starter}" />'),
    findings: [...noCode, ...notKnown],
  },
  {
    what: 'a script as an input',
    files: withExtension(
      '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="groovy">1</camunda:script></camunda:inputParameter></camunda:inputOutput>',
    ),
    findings: noCode,
  },
  {
    what: 'a connector',
    files: [
      sample(
        chain([
          'look',
          '<serviceTask id="look" camunda:type="external" camunda:topic="find-holder"><extensionElements><camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector></extensionElements></serviceTask>',
        ]),
      ),
    ],
    findings: noCode,
  },
  {
    what: 'a java class',
    files: [sample(chain(['look', '<serviceTask id="look" camunda:class="x.Y" />']))],
    findings: ['sample.bpmn: look: known-topics', ...noCode],
  },
  {
    what: 'a delegate expression',
    files: [sample(chain(['look', '<serviceTask id="look" camunda:delegateExpression="${bean}" />']))],
    findings: ['sample.bpmn: look: known-topics', ...noCode, ...notKnown],
  },
  {
    what: 'a listener on the process',
    files: edited(entry, [
      /<bpmn:startEvent id="card-wanted"/,
      '<bpmn:extensionElements><camunda:executionListener event="end" delegateExpression="${bean}" /></bpmn:extensionElements><bpmn:startEvent id="card-wanted"',
    ]),
    findings: [`${entry}: request-card: no-code`, `${entry}: request-card: no-code`],
  },
  {
    what: 'a condition in a script language',
    files: edited(entry, [
      /xsi:type="bpmn:tFormalExpression">\$\{action == 'next'\}/,
      'xsi:type="bpmn:tFormalExpression" language="groovy">${action == \'next\'}',
    ]),
    findings: [`${entry}: to-variant: no-code`],
  },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'a task with a mapped input',
    files: withExtension(
      '<camunda:inputOutput><camunda:inputParameter name="note">x</camunda:inputParameter></camunda:inputOutput>',
    ),
    findings: [],
  },
];
