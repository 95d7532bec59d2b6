import type { ModdleElement } from 'bpmn-moddle';
import type { FormModel } from '../form-model.js';
import type { ProcessGraph } from '../process-graph.js';

/** What the walk asks of the diagrams that are judged together. */
export interface WalkedModels {
  readonly processes: readonly ModdleElement[];
  formOf(node: ModdleElement): FormModel | null;
  callersOf(process: ModdleElement): readonly ModdleElement[];
  calledBy(call: ModdleElement): readonly ModdleElement[];
  graphOf(process: ModdleElement): ProcessGraph;
}
