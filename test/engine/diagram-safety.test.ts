import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callEngine, lentEngine, type EngineConnection } from '../support/engine.js';
import { eventually } from '../support/eventually.js';

/** What the engine host refuses by itself: everything here is deployed past the gate, with the door's own signature. */

let connection: EngineConnection;
beforeAll(async () => {
  connection = await lentEngine();
}, 180_000);

const key = `safety-${process.pid}`;
const bpmn = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const camunda = 'http://camunda.org/schema/1.0/bpmn';

/** A diagram of one process: a start, what is given, an end. */
function diagram(inner: string, { attributes = '', roots = '', onProcess = '' } = {}): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="${bpmn}" xmlns:camunda="${camunda}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test" ${attributes}>
  <process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D" ${onProcess}>${inner}</process>${roots}
</definitions>`;
}

/** A start, one step and an end in a row. */
function step(element: string): string {
  return `<startEvent id="begin" />${element}<endEvent id="end" />
    <sequenceFlow id="in" sourceRef="begin" targetRef="step" /><sequenceFlow id="out" sourceRef="step" targetRef="end" />`;
}

const extended = (extensions: string) =>
  diagram(step(`<userTask id="step"><extensionElements>${extensions}</extensionElements></userTask>`));
const named = (name: string) => diagram(step(`<userTask id="step" name="${name}" />`));
const service = (attributes: string) => diagram(step(`<serviceTask id="step" ${attributes} />`));

async function deploy(name: string, content: string) {
  const body = new FormData();
  body.set('deployment-name', key);
  body.set(name, new File([content], name));
  return callEngine(connection, 'POST', '/deployment/create', body);
}

const sample = 'org.camunda.bpm.engine.impl.bpmn.behavior.MailActivityBehavior';

describe('code in a diagram is not deployed', () => {
  test.each([
    ['a script task', diagram(step('<scriptTask id="step" scriptFormat="feel"><script>1</script></scriptTask>'))],
    ['a class', service(`camunda:class="${sample}"`)],
    ['a delegate expression', service('camunda:delegateExpression="${bean}"')],
    ['an expression as a service', service('camunda:expression="${bean}"')],
    ['a shell command', service('camunda:type="shell"')],
    ['a mail of the engine', service('camunda:type="mail"')],
    [
      "a class under the name of the engine's ancestor",
      service(`xmlns:a="http://activiti.org/bpmn" a:class="${sample}"`),
    ],
    [
      'a connector that brings its own namespace',
      diagram(
        step(
          `<serviceTask id="step" camunda:type="external" camunda:topic="x"><extensionElements><connector xmlns="urn:x" /></extensionElements></serviceTask>`,
        ),
      ),
    ],
    ['a task listener', extended(`<camunda:taskListener event="create" class="${sample}" />`)],
    [
      'a task listener by a prefix declared on itself',
      extended(`<x:taskListener xmlns:x="${camunda}" event="create" expression="\${starter}" />`),
    ],
    [
      'an execution listener by a default declared on itself',
      extended(`<executionListener xmlns="${camunda}" event="start" expression="\${starter}" />`),
    ],
    [
      'a listener on a flow',
      diagram(
        step('<task id="step" />').replace(
          'targetRef="end" />',
          'targetRef="end"><extensionElements><camunda:executionListener class="x.Y" /></extensionElements></sequenceFlow>',
        ),
      ),
    ],
    [
      'a script as an input',
      extended(
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="juel">${1}</camunda:script></camunda:inputParameter></camunda:inputOutput>',
      ),
    ],
    [
      'a condition that is a script',
      diagram(
        step('<task id="step" />').replace(
          'targetRef="end" />',
          'targetRef="end"><conditionExpression xsi:type="tFormalExpression" language="juel">${true}</conditionExpression></sequenceFlow>',
        ),
      ),
    ],
    [
      'fields of a form with a class that checks them',
      extended(
        '<camunda:formData><camunda:formField id="x" type="string"><camunda:validation><camunda:constraint name="validator" config="x.Y" /></camunda:validation></camunda:formField></camunda:formData>',
      ),
    ],
    ['a class that handles forms', diagram(step(`<userTask id="step" camunda:formHandlerClass="${sample}" />`))],
    [
      'a class that maps variables',
      diagram(step(`<callActivity id="step" calledElement="x" camunda:variableMappingClass="${sample}" />`)),
    ],
    [
      'an error that follows from an expression, in any namespace',
      diagram(
        step(
          '<serviceTask id="step" camunda:type="external" camunda:topic="x"><extensionElements><errorEventDefinition xmlns="urn:x" errorRef="e" expression="${gone}" /></extensionElements></serviceTask>',
        ),
      ),
    ],
    [
      'attempts without end',
      diagram(
        step(
          '<userTask id="step" camunda:asyncBefore="true"><extensionElements><camunda:failedJobRetryTimeCycle>R999999999/PT0S</camunda:failedJobRetryTimeCycle></extensionElements></userTask>',
        ),
      ),
    ],
    [
      'attempts by an expression',
      diagram(
        step(
          '<userTask id="step" camunda:asyncBefore="true"><extensionElements><camunda:failedJobRetryTimeCycle>${x}</camunda:failedJobRetryTimeCycle></extensionElements></userTask>',
        ),
      ),
    ],
    ['a case', diagram(step('<callActivity id="step" camunda:caseRef="x" />'))],
  ])('%s', async (_what, content) => {
    const { status, body } = await deploy(`${key}.bpmn`, content);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/not allowed in a diagram|not run here|ENGINE-09005/) },
    });
    expect((await callEngine(connection, 'GET', `/process-definition/count?key=${key}`)).body).toEqual({ count: 0 });
  });
});

describe('an expression that does more than read and compare variables is not deployed', () => {
  test.each([
    "${''.getClass()}",
    '${execution.getProcessEngineServices()}',
    '${execution}',
    '${task.assignee}',
    '${execution.id}',
    '${runtimeService.createDeployment()}',
    '#{a[0]}',
    "${a['b']}",
    '${a.b}',
    '${a.b()}',
    '${now()}',
    '${currentUser()}',
    '${dateTime()}',
    "${S('{}')}",
    '${a = 1}',
    '${1 + 1}',
    '${a ? 1 : 2}',
    '${-a}',
    '${a',
    '${execution.hasVariable(a)}',
    "${execution.setVariable('a', 1)}",
    '${authenticatedUserId}',
    '${externalTask}',
    '${x:y()}',
    `\${${'('.repeat(900)}1${')'.repeat(900)}}`,
    `\${${'a'.repeat(2_000)}}`,
  ])('%.60s', async (expression) => {
    const { status, body } = await deploy(`${key}.bpmn`, named(expression.replaceAll('"', '&quot;')));
    const deep = expression.startsWith('${((');
    if (deep) expect([200, 400]).toContain(status);
    else
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('does more than read and compare variables') },
      });
  });

  test.each([
    [
      'a timer that starts the process',
      diagram(
        `<startEvent id="begin"><timerEventDefinition><timeDuration>\${''.getClass()}</timeDuration></timerEventDefinition></startEvent>`,
      ),
    ],
    [
      'the name of a message',
      diagram('<startEvent id="begin" />', { roots: `<message id="m" name="\${''.getClass()}" />` }),
    ],
    [
      'who may start it',
      diagram('<startEvent id="begin" />', { onProcess: `camunda:candidateStarterUsers="\${''.getClass()}"` }),
    ],
  ])('wherever it stands: %s', async (_what, content) => {
    expect((await deploy(`${key}.bpmn`, content)).status).toBe(400);
  });
});

test('expressions over variables run as before', async () => {
  const id = `${key}-plain`;
  const content = named(
    "Is ${(1 &lt; 2 || not true) and who ne 'b' &amp;&amp; ! empty who &amp;&amp; execution.hasVariable('who')} for ${who} in ${execution.processBusinessKey}",
  ).replaceAll(`"${key}"`, `"${id}"`);
  expect((await deploy(`${id}.bpmn`, content)).status).toBe(200);
  const started = await callEngine(connection, 'POST', `/process-definition/key/${id}/start`, {
    businessKey: 'b-1',
    variables: { who: { value: 'ada', type: 'String' } },
  });
  expect(started.status).toBe(200);
  const { body } = await callEngine(connection, 'GET', `/task?processDefinitionKey=${id}`);
  expect(body).toMatchObject([{ name: 'Is true for ada in b-1' }]);
});

describe("Tasklist's stored filters", () => {
  test.each([
    ['assigneeExpression', '${currentUser()}', true],
    ['followUpBeforeOrNotExistentExpression', '${now()}', true],
    ['assigneeExpression', "${''.getClass()}", false],
    ['assigneeExpression', '${currentUserGroups()}', false],
    ['assigneeExpression', "${currentUser()}${''.getClass()}", false],
  ])('%s of %s', async (property, expression, taken) => {
    const filter = { resourceType: 'Task', name: key, properties: {}, query: { [property]: expression } };
    const created = await callEngine(connection, 'POST', '/filter/create', filter);
    expect(created.status).toBe(200);
    const { id } = created.body as { id: string };
    expect((await callEngine(connection, 'GET', `/filter/${id}/list`)).status === 200).toBe(taken);
    expect((await callEngine(connection, 'DELETE', `/filter/${id}`)).status).toBe(204);
  });
});

describe('decision tables', () => {
  const table = (language: string, text: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="d" name="d" namespace="test">
  <decision id="${key}-table" name="t" camunda:historyTimeToLive="P1D"><decisionTable id="t">
    <input id="i"><inputExpression id="e" typeRef="string" ${language}><text>${text}</text></inputExpression></input><output id="o" name="o" typeRef="string" />
    <rule id="r"><inputEntry id="n"><text></text></inputEntry><outputEntry id="p"><text>"yes"</text></outputEntry></rule></decisionTable></decision>
</definitions>`;
  const evaluate = async (language: string, text: string) => {
    expect((await deploy(`${key}.dmn`, table(language, text))).status).toBe(200);
    return callEngine(connection, 'POST', `/decision-definition/key/${key}-table/evaluate`, {
      variables: { a: { value: 'x', type: 'String' } },
    });
  };

  test('evaluate FEEL', async () => {
    expect(await evaluate('', 'a')).toMatchObject({ status: 200, body: [{ o: { value: 'yes' } }] });
  });

  test.each([
    ['javascript', '1'],
    ['groovy', '1'],
    ['feel-scala-unary-tests', 'a'],
    ['juel', "${''.getClass()}"],
    ['juel', '${execution}'],
  ])('evaluate nothing in %s', async (language, text) => {
    const answer = await evaluate(`expressionLanguage="${language}"`, text);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

test('cases are not deployed', async () => {
  const content = `<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" targetNamespace="test"><case id="${key}-case"><casePlanModel id="plan" /></case></definitions>`;
  const { body } = await deploy(`${key}.cmmn`, content);
  expect((body as { deployedCaseDefinitions?: unknown }).deployedCaseDefinitions ?? null).toBeNull();
});

test('a diagram makes the engine fetch nothing', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const attributes = `xsi:schemaLocation="urn:x ${origin}/x.xsd" xsi:noNamespaceSchemaLocation="${origin}/y.xsd"`;
    const inner = '<startEvent id="begin"><extensionElements><y xmlns="urn:x" /></extensionElements></startEvent>';
    await deploy(`${key}.bpmn`, diagram(inner, { attributes }));
    await deploy(
      `${key}.bpmn`,
      `<?xml version="1.0"?><!DOCTYPE definitions SYSTEM "${origin}/x.dtd">${diagram(inner).replace(/^<\?.*\?>/, '')}`,
    );
    expect(asked).toBe(0);
  } finally {
    server.close();
  }
});

test('what a step fails at becomes an incident after its attempts', async () => {
  const id = `${key}-failing`;
  const content = diagram(
    step(
      '<userTask id="step" name="${nobody}" camunda:asyncBefore="true"><extensionElements><camunda:failedJobRetryTimeCycle>R2/PT0S</camunda:failedJobRetryTimeCycle></extensionElements></userTask>',
    ),
  ).replaceAll(`"${key}"`, `"${id}"`);
  expect((await deploy(`${id}.bpmn`, content)).status).toBe(200);
  expect((await callEngine(connection, 'POST', `/process-definition/key/${id}/start`, {})).status).toBe(200);
  await eventually('there is an incident', 60_000, async () => {
    const { body } = await callEngine(connection, 'GET', `/incident/count?processDefinitionKeyIn=${id}`);
    return (body as { count: number }).count === 1;
  });
  expect((await callEngine(connection, 'GET', `/job?processDefinitionKey=${id}`)).body).toMatchObject([{ retries: 0 }]);
}, 90_000);
