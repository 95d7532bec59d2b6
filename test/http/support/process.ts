import { randomBytes } from 'node:crypto';
import { groups, technicalAccounts } from '../../../src/domain/roles.js';
import { ensureGrants, resources } from '../../../src/engine/authorizations.js';
import type { EngineClient } from '../../../src/engine/client.js';

const startForm = {
  type: 'default',
  id: 'start',
  components: [{ type: 'textfield', key: 'query', label: 'Card holder', validate: { maxLength: 200 } }],
};

const taskForm = {
  type: 'default',
  id: 'task',
  components: [
    { type: 'text', text: '{{notice}}' },
    { type: 'radio', key: 'decision', label: 'Decision', values: [{ label: 'Approve', value: 'approve' }] },
    { type: 'textarea', key: 'reason', label: 'Reason' },
    { type: 'select', key: 'holder', label: 'Holder', valuesKey: 'holderOptions' },
  ],
};

function formProcess(key: string, startCheck: string): string {
  const form = (name: string) => `camunda:formRef="${name}" camunda:formRefBinding="deployment"`;
  const check = (name: string) => `<bpmn:extensionElements>
      <camunda:properties><camunda:property name="check" value="${name}" /></camunda:properties>
    </bpmn:extensionElements>`;
  return definitions(`<bpmn:process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <bpmn:startEvent id="start" camunda:initiator="starter" ${form('start')}>${check(startCheck)}</bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="decide" />
    <bpmn:userTask id="decide" name="Decide" ${form('task')} camunda:candidateGroups="${groups.approver}">
      ${check('decide-request')}
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="decide" targetRef="end" />
    <bpmn:endEvent id="end" />
  </bpmn:process>`);
}

function serviceProcess(key: string): string {
  return definitions(`<bpmn:process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work" />
    <bpmn:serviceTask id="work" camunda:type="external" camunda:topic="${key}" />
    <bpmn:boundaryEvent id="late" attachedToRef="work">
      <bpmn:timerEventDefinition id="timer"><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
  </bpmn:process>`);
}

function definitions(process: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions id="d" targetNamespace="test"
  xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  ${process}
</bpmn:definitions>`;
}

/**
 * Deploys a small process of its own key, which operators may start and whose one task is for approvers, and returns the
 * id of its definition.
 * @param startCheck the check that its start form names
 */
export async function deployTestProcess(engine: EngineClient, startCheck = 'request-card'): Promise<string> {
  const key = newKey();
  const files = { 'start.form': JSON.stringify(startForm), 'task.form': JSON.stringify(taskForm) };
  const definition = await deploy(engine, key, { 'process.bpmn': formProcess(key, startCheck), ...files });
  await ensureGrants(engine, technicalAccounts.server, [
    {
      groupId: groups.operator,
      resourceType: resources.processDefinition,
      resourceId: key,
      permissions: ['READ', 'CREATE_INSTANCE'],
    },
  ]);
  return definition;
}

/** Deploys a process whose instances wait with an external task and a timer, and returns the id of its definition. */
export async function deployServiceProcess(engine: EngineClient): Promise<string> {
  const key = newKey();
  return deploy(engine, key, { 'process.bpmn': serviceProcess(key) });
}

const newKey = () => `door-${randomBytes(6).toString('hex')}`;

async function deploy(engine: EngineClient, key: string, files: Record<string, string>): Promise<string> {
  const user = technicalAccounts.server;
  const body = new FormData();
  body.set('deployment-name', key);
  for (const [name, content] of Object.entries(files)) body.set(name, new File([content], name));
  await engine.raw({ user, method: 'POST', path: '/deployment/create', body });
  const [definition] = await engine.call<{ id: string }[]>({ user, path: '/process-definition', query: { key } });
  if (definition === undefined) throw new Error(`${key} was not deployed.`);
  return definition.id;
}
