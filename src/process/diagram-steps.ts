import { flowElements, parseDefinitions } from './diagram.js';

/** One element of a diagram that a token can be at, as people see it. */
export interface DiagramStep {
  readonly id: string;
  /** Its name, or its id where it has none. */
  readonly name: string;
  /** Kind of element, such as `bpmn:UserTask`. */
  readonly type: string;
  /** Whether people work on it. */
  readonly isUserTask: boolean;
  /** Topic of an external task, else null. */
  readonly topic: string | null;
  /** Groups whose task it is. */
  readonly groups: readonly string[];
}

/**
 * Reads the steps of a diagram, by id.
 * @throws DiagramError when it cannot be read
 */
export async function readSteps(xml: string): Promise<ReadonlyMap<string, DiagramStep>> {
  const definitions = await parseDefinitions(xml);
  const roots = Array.isArray(definitions['rootElements'])
    ? (definitions['rootElements'] as (typeof definitions)[])
    : [];
  const steps = roots.flatMap(flowElements).flatMap((element): DiagramStep[] => {
    const id: unknown = element['id'];
    if (typeof id !== 'string' || element.$type === 'bpmn:SequenceFlow') return [];
    const text = (property: string): string | null => {
      const value = element.get(property);
      return typeof value === 'string' && value !== '' ? value : null;
    };
    const groups = (text('camunda:candidateGroups') ?? '').split(',').map((group) => group.trim());
    const isUserTask = element.$type === 'bpmn:UserTask';
    return [
      {
        id,
        name: text('name') ?? id,
        type: element.$type,
        isUserTask,
        topic: text('camunda:topic'),
        groups: groups.filter((group) => group !== ''),
      },
    ];
  });
  return new Map(steps.map((step) => [step.id, step]));
}
