import type { Finding } from '../model-checks/rule.js';
import type { ElementReading, Reading } from './reading.js';

/**
 * Where the engine would run something else than what was judged. Each difference is a finding: whichever of the two is
 * right, nobody knows what the diagram does.
 * @param judged what the rules took the diagram for
 * @param running what the engine says that it would run
 */
export function differences(judged: readonly Reading[], running: readonly Reading[]): Finding[] {
  const [one] = judged;
  const [other] = running;
  if (one === undefined || other === undefined || judged.length > 1 || running.length > 1) {
    const counts = `the rules see ${judged.length}, the process engine would run ${running.length}`;
    return [finding('definitions', `A diagram holds exactly one executable process: ${counts}.`)];
  }
  const ids = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return ids.flatMap((id) => elementDifferences(id, one[id], other[id]));
}

function elementDifferences(id: string, judged?: ElementReading, running?: ElementReading): Finding[] {
  if (running === undefined)
    return [finding(id, 'The process engine would not run this element: write it as Camunda Modeler does.')];
  if (judged === undefined)
    return [
      finding(
        id,
        'The process engine would run an element here that the rules do not see: write it as Camunda Modeler does.',
      ),
    ];
  const names = [...new Set([...Object.keys(judged), ...Object.keys(running)])].filter((name) => name !== 'position');
  return names.flatMap((name) => {
    const [one, other] = [text(judged[name]), text(running[name])];
    if (one === other) return [];
    return [
      finding(
        id,
        `The process engine reads "${name}" as ${shown(other)}, the rules as ${shown(one)}: write it as Camunda Modeler does.`,
      ),
    ];
  });
}

function text(values: readonly string[] | undefined): string {
  return JSON.stringify(values ?? []);
}

function shown(values: string): string {
  const line = values === '[]' ? 'nothing' : values.slice(1, -1);
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}

function finding(element: string, message: string): Finding {
  return { rule: 'one-reading', element, message };
}
