import { chain, edited, flow, sample, task, work, type ModelCase } from './model-case.js';

const entry = 'request-card.bpmn';
const onTask = (inner: string) => [sample(chain(task('look', '', inner)))];
const extension = (inner: string) => onTask(`<extensionElements>${inner}</extensionElements>`);
const named = (name: string) => [sample(chain(task('look', `name="${name}"`)))];
const noCode = ['sample.bpmn: look: no-code'];
const notAllowed = ['sample.bpmn: look: allowed-expressions'];
const notKnown = ['sample.bpmn: look: known-variables'];

export const codeCases: readonly ModelCase[] = [
  {
    what: 'a script task',
    files: [sample(chain(['look', '<scriptTask id="look" scriptFormat="groovy"><script>1</script></scriptTask>']))],
    findings: noCode,
  },
  {
    what: 'an execution listener',
    files: extension('<camunda:executionListener event="start" class="x.Y" />'),
    findings: [...noCode, ...noCode],
  },
  {
    what: 'a task listener with an expression',
    files: extension('<camunda:taskListener event="create" expression="${starter}" />'),
    findings: [...noCode, ...notKnown],
  },
  {
    what: 'a script as an input',
    files: extension(
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
  {
    what: "code under the name of the engine's ancestor",
    files: [
      {
        ...sample(chain()),
        content: sample(
          chain([
            'look',
            '<serviceTask id="look" xmlns:a="http://activiti.org/bpmn" a:class="x.Y" camunda:type="external" camunda:topic="find-holder" />',
          ]),
        ).content,
      },
    ],
    findings: ['sample.bpmn: look: engine-namespaces'],
  },
  { what: 'a method call', files: named('${starter.toString()}'), findings: notAllowed },
  { what: 'a property of a variable', files: named('${request.holder}'), findings: notAllowed },
  { what: 'an index', files: named("${request['class']}"), findings: notAllowed },
  { what: 'a function', files: named('${now()}'), findings: notAllowed },
  { what: 'another method of the execution', files: named("#{execution.setVariable('a', 1)}"), findings: notAllowed },
  { what: 'an assignment of a variable', files: named('${starter = 1}'), findings: notAllowed },
  { what: 'an expression that never closes', files: named('${starter'), findings: notAllowed },
  { what: 'arithmetic', files: named('${1 + 1 == 2}'), findings: notAllowed },
  {
    what: 'an expression of a thousand parentheses',
    files: named(`\${${'('.repeat(1_000)}1${')'.repeat(1_000)}}`),
    findings: notAllowed,
  },
  {
    what: 'an expression in the documentation',
    files: onTask('<documentation>${runtimeService.createDeployment()}</documentation>'),
    findings: notAllowed,
  },
  {
    what: 'an expression in an attribute of another namespace',
    files: onTask('<extensionElements><x:y xmlns:x="urn:x" z="${a.b}" /></extensionElements>'),
    findings: notAllowed,
  },
  {
    what: 'comparisons, joined',
    files: named("Is ${(1 &lt; 2 || not true) and 'a' ne &quot;b&quot; &amp;&amp; ! empty null}, ${1.5 ge 2}?"),
    findings: [],
  },
  { what: 'two kinds of braces in one text', files: named('${1 == 1} #{2 == 2}'), findings: notAllowed },
  { what: 'the business key', files: named('${execution.processBusinessKey}'), findings: [] },
  { what: 'a variable that nothing sets', files: named('${nobody}'), findings: notKnown },
  { what: 'a variable, tested', files: named("${execution.hasVariable('maybe') &amp;&amp; maybe == 1}"), findings: [] },
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
    what: 'a test for the starter, whom every way of starting sets',
    files: edited(entry, ["${execution.hasVariable('query')}", "${execution.hasVariable('starter')}"]),
    findings: [`${entry}: to-confirm-again: deciding-tests`],
  },
  {
    what: 'a negated test for what is always set',
    files: edited(entry, [
      "${execution.hasVariable('query')}",
      "${not (execution.hasVariable('variantKey') or 1 == 2)}",
    ]),
    findings: [`${entry}: to-confirm-again: deciding-tests`],
  },
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
