import type { ModelFile } from '../../../src/process/model-checks/index.js';
import { bare, flow, sample, work } from './model-case.js';

/** Elements of the palette, and what it takes to make a variant of them: drawn in a line of TypeScript each. */
export const begin = '<startEvent id="begin" name="Begins" />';
export const end = (id = 'end', name = 'Ends') => `<endEvent id="${id}" name="${name}" />`;
export const errorCodes =
  '<error id="refused-code" errorCode="decision-refused" /><error id="production-code" errorCode="production-refused" />';
export const messageRoots =
  '<message id="aborted" name="card-request-aborted" /><message id="late" name="approval-time-limit-reached" /><message id="produced" name="card-production-ended" />';

export const register = (state = 'requested', id = 'register') =>
  work(id, 'register-request', { requestedState: state })[1];

export const decide = (id = 'decide', loop = '') =>
  `<userTask id="${id}" name="Decide" camunda:candidateGroups="card-approvers" camunda:formRef="decide-request" camunda:formRefBinding="deployment">
    <extensionElements><camunda:properties><camunda:property name="check" value="decide-request" /></camunda:properties></extensionElements>${loop}</userTask>`;

/** Records what a task decided; a refusal leads back to it, or elsewhere. */
export const record = (
  id = 'record',
  approvalTask = 'decide',
  inputs: Readonly<Record<string, string>> = {},
  refusedTo = approvalTask,
) =>
  `${work(id, 'record-decision', { approvalTask, ...inputs })[1]}<boundaryEvent id="${id}-refused" attachedToRef="${id}"><errorEventDefinition errorRef="refused-code" /></boundaryEvent>
   ${flow(`${id}-refused`, refusedTo)}`;

export const order = (source: string, refusedTo: string, id = 'order') =>
  `${work(id, 'order-production', { source, card: 'x' })[1]}<boundaryEvent id="${id}-refused" attachedToRef="${id}"><errorEventDefinition errorRef="production-code" /></boundaryEvent>
   ${flow(`${id}-refused`, refusedTo)}`;

export const waitForProduction = '<receiveTask id="wait" name="Wait for production" messageRef="produced" />';
export const onMessage = (id: string, attachedTo: string, message: string, attributes = '') =>
  `<boundaryEvent id="${id}" attachedToRef="${attachedTo}" ${attributes}><messageEventDefinition messageRef="${message}" /></boundaryEvent>`;

export const talk = (id: string) => `<userTask id="${id}" camunda:candidateGroups="card-operators" />`;
export const subprocess = (id: string, inner: string, attributes = '') =>
  `<subProcess id="${id}" ${attributes}>${inner}</subProcess>`;

/** Sequence flows along a row of elements: `way('a', 'b', 'c')` is a to b and b to c. */
export const way = (...ids: readonly string[]) =>
  ids
    .slice(1)
    .map((id, index) => flow(ids[index] ?? '', id))
    .join('');

/** A variant of Request card, without the rest of what is shipped. */
export function variant(inner: string, name = 'by-the-desk'): ModelFile {
  const properties = `<extensionElements><camunda:properties><camunda:property name="useCase" value="request-card" /><camunda:property name="variant" value="${name}" /></camunda:properties></extensionElements>`;
  return sample(properties + inner, { id: `request-card-${name}`, roots: errorCodes + messageRoots });
}

/** A variant of Request card among all that is shipped. */
export function withVariant(...inner: readonly string[]): ModelFile[] {
  return [...bare, variant(inner.join('\n'))];
}

export const drawnFile = 'request-card-by-the-desk.bpmn';

/** An approval with something else about it: replacements in what `decide` draws. */
export const approvalWith = (from: string, to: string) => decide().replace(from, to);
export const along = way('begin', 'register', 'decide', 'record', 'end');
/** The shortest variant with an approval, with another one drawn in the place of its own. */
export const around = (deciding: string, ...more: readonly string[]) =>
  withVariant(begin, register(), deciding, record(), end(), ...(more.length === 0 ? [along] : more));
