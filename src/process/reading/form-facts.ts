import type { ModdleElement } from 'bpmn-moddle';
import type { Facts } from './reading.js';
import { own } from './texts.js';

/** The form of a start event or user task. */
export function formFacts(node: ModdleElement, facts: Facts): void {
  const binding = own(node, 'camunda:formRefBinding');
  const ref = own(node, 'camunda:formRef');
  facts.add('formKey', own(node, 'camunda:formKey')).add('formRef', ref);
  if (ref === undefined) return;
  facts.add('formBinding', binding);
  if (binding === 'version') facts.add('formVersion', own(node, 'camunda:formRefVersion'));
}
