import { type ModelCase, named, onTask } from '../../bpmn/model-cases/model-case.js';

const notAllowed = ['sample.bpmn: look: allowed-expressions'];

export const failing: readonly ModelCase[] = [
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
  { what: 'two kinds of braces in one text', files: named('${1 == 1} #{2 == 2}'), findings: notAllowed },
];

export const passing: readonly ModelCase[] = [
  {
    what: 'comparisons, joined',
    files: named("Is ${(1 &lt; 2 || not true) and 'a' ne &quot;b&quot; &amp;&amp; ! empty null}, ${1.5 ge 2}?"),
    findings: [],
  },
  { what: 'the business key', files: named('${execution.processBusinessKey}'), findings: [] },
];
