import type { ModdleElement } from 'bpmn-moddle';
import { parseDefinitions } from '../../src/process/diagram.js';
import { executableProcesses, idOf, nodesOf, sequenceFlows } from '../../src/process/model-checks/elements.js';
import type { ModelFile } from '../../src/process/model-checks/index.js';
import type { Trace } from '../support/process-run.js';

/** How much of one process was walked. */
export interface Coverage {
  readonly processKey: string;
  readonly nodes: Walked;
  readonly flows: Walked;
}

interface Walked {
  readonly all: number;
  readonly missed: readonly string[];
}

/** Holds what runs went through against what is drawn. */
export async function pathCoverage(files: readonly ModelFile[], traces: readonly Trace[]): Promise<Coverage[]> {
  const diagrams = await Promise.all(
    files.filter(({ name }) => name.endsWith('.bpmn')).map(({ content }) => parseDefinitions(content)),
  );
  const all = traces.flatMap(withCalled);
  return diagrams.flatMap(executableProcesses).map((process) => {
    const own = all.filter((trace) => trace.processKey === idOf(process));
    const flows = sequenceFlows(process);
    const nodesWalked = new Set(own.flatMap(({ steps }) => steps.map((step) => step.activityId)));
    const flowsWalked = new Set(own.flatMap((trace) => takenFlows(flows, trace)));
    return {
      processKey: idOf(process),
      nodes: walked(nodesOf(process).map(idOf), nodesWalked),
      flows: walked(flows.map(idOf), flowsWalked),
    };
  });
}

/** Share that was walked, in percent. */
export function percent({ all, missed }: Walked): number {
  return all === 0 ? 100 : (100 * (all - missed.length)) / all;
}

/** One line a process, with the ids of what was missed. */
export function coverageReport(coverage: readonly Coverage[]): string {
  const share = (walked: Walked) => `${walked.all - walked.missed.length}/${walked.all}`;
  return coverage
    .map(({ processKey, nodes, flows }) => {
      const missed = [...nodes.missed, ...flows.missed];
      const rest = missed.length === 0 ? '' : `, missed: ${missed.join(', ')}`;
      return `${processKey}: flow nodes ${share(nodes)}, sequence flows ${share(flows)}${rest}`;
    })
    .join('\n');
}

function withCalled(trace: Trace): Trace[] {
  return [trace, ...trace.steps.flatMap(({ called }) => (called === null ? [] : withCalled(called)))];
}

function walked(ids: readonly string[], seen: ReadonlySet<string>): Walked {
  return { all: ids.length, missed: ids.filter((id) => !seen.has(id)) };
}

/**
 * The flows that a token took. The engine's history knows activities only, so each one is taken to come from the latest
 * activity before it from which a flow leads to it.
 */
function takenFlows(flows: readonly ModdleElement[], { steps }: Trace): string[] {
  const idAt = (flow: ModdleElement, end: string) => idOf(flow[end] as ModdleElement);
  return steps.flatMap(({ activityId }, index) => {
    const incoming = flows.filter((flow) => idAt(flow, 'targetRef') === activityId);
    const before = steps.slice(0, index).map((step) => step.activityId);
    const source = before.findLast((id) => incoming.some((flow) => idAt(flow, 'sourceRef') === id));
    return incoming.filter((flow) => idAt(flow, 'sourceRef') === source).map(idOf);
  });
}
