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

function diagram(key: string, startCheck: string): string {
  const check = (name: string) =>
    `<bpmn:extensionElements><camunda:properties><camunda:property name="check" value="${name}" /></camunda:properties></bpmn:extensionElements>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="test">
  <bpmn:process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <bpmn:startEvent id="start" camunda:initiator="starter" camunda:formRef="start" camunda:formRefBinding="deployment">${check(startCheck)}<bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="decide" />
    <bpmn:userTask id="decide" name="Decide" camunda:formRef="task" camunda:formRefBinding="deployment" camunda:candidateGroups="${groups.approver}">${check('decide-request')}<bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="decide" targetRef="end" />
    <bpmn:endEvent id="end"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>`;
}

/**
 * Deploys a small process of its own key, which operators may start and whose one task is for approvers, and returns the
 * id of its definition.
 * @param startCheck the check that its start form names
 */
export async function deployTestProcess(engine: EngineClient, startCheck = 'request-card'): Promise<string> {
  const user = technicalAccounts.server;
  const key = `door-${randomBytes(6).toString('hex')}`;
  const body = new FormData();
  body.set('deployment-name', key);
  const files = { 'process.bpmn': diagram(key, startCheck), 'start.form': JSON.stringify(startForm), 'task.form': JSON.stringify(taskForm) };
  for (const [name, content] of Object.entries(files)) body.set(name, new File([content], name));
  await engine.raw({ user, method: 'POST', path: '/deployment/create', body });
  await ensureGrants(engine, user, [
    { groupId: groups.operator, resourceType: resources.processDefinition, resourceId: key, permissions: ['READ', 'CREATE_INSTANCE'] },
  ]);
  const [definition] = await engine.call<{ id: string }[]>({ user, path: '/process-definition', query: { key } });
  if (definition === undefined) throw new Error(`${key} was not deployed.`);
  return definition.id;
}
