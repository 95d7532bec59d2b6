import type { ModdleElement } from 'bpmn-moddle';
import { ownerOf } from './elements.js';
import type { FormModel } from './form-model.js';
import type { ModelSet } from './model-set.js';

/** Something wrong with one element of a diagram or form; the message is one sentence that holds the cure. */
export interface Finding {
  /** Id of the rule, in words. */
  readonly rule: string;
  /** Id of the element, or key of the form field. */
  readonly element: string;
  readonly message: string;
}

/** What a rule may look at beside the one model it judges. */
export interface ModelContext {
  /** File name of the model, without its ending; this is what process and form ids have to be. */
  readonly name: string;
  readonly models: ModelSet;
}

/** One rule about models of one kind. */
export interface Rule<Model> {
  readonly id: string;
  check(model: Model, context: ModelContext): Finding[];
}

export type DiagramRule = Rule<ModdleElement>;
export type FormRule = Rule<FormModel>;

/** A finding of a rule that does not have to repeat its own id. */
type Complaint = readonly [element: ModdleElement | string, message: string];

export function diagramRule(
  id: string,
  complaints: (definitions: ModdleElement, context: ModelContext) => Iterable<Complaint>,
): DiagramRule {
  return { id, check: (definitions, context) => findings(id, complaints(definitions, context)) };
}

export function formRule(
  id: string,
  complaints: (form: FormModel, context: ModelContext) => Iterable<Complaint>,
): FormRule {
  return { id, check: (form, context) => findings(id, complaints(form, context)) };
}

function findings(rule: string, complaints: Iterable<Complaint>): Finding[] {
  return Array.from(complaints, ([element, message]) => ({
    rule,
    element: typeof element === 'string' ? element : ownerOf(element),
    message,
  }));
}
