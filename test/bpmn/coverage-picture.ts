import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModdleElement } from 'bpmn-moddle';
import { parseDefinitions } from '../../src/process/diagram.js';
import {
  attribute,
  elementOf,
  elementsOf,
  eventDefinition,
  executableProcesses,
  idOf,
  nodesOf,
  sequenceFlows,
} from '../../src/process/model-checks/elements.js';
import type { ModelFile } from '../../src/process/model-checks/index.js';
import type { Coverage } from './path-coverage.js';

const style = `
  .shape { fill: #fff; stroke-width: 2 } .edge { fill: none; stroke-width: 2 }
  .walked .shape { stroke: #1b7f3b; fill: #e9f7ed } .walked .edge { stroke: #1b7f3b } .walked .tip { fill: #1b7f3b }
  .missed .shape { stroke: #c62828; fill: #fdecea; stroke-dasharray: 5 3 } .missed .edge { stroke: #c62828; stroke-dasharray: 5 3 } .missed .tip { fill: #c62828 }
  .end .shape { stroke-width: 4 } text { font: 11px sans-serif; fill: #222 } .title { font-size: 14px; font-weight: bold }`;

/**
 * Paints what was walked on the picture of a diagram: green what was, red and dashed what was not.
 * @param xml a diagram with its layout, one process
 * @returns SVG
 */
export async function coveragePicture(xml: string, { nodes, flows }: Coverage): Promise<string> {
  const definitions = await parseDefinitions(xml);
  const [process] = executableProcesses(definitions);
  if (process === undefined) throw new Error('The diagram has no executable process.');
  const drawn = new Set([...nodesOf(process), ...sequenceFlows(process)]);
  const parts = elementsOf(definitions, 'diagrams')
    .flatMap((diagram) => elementsOf(elementOf(diagram, 'plane') ?? diagram, 'planeElement'))
    .flatMap((part) => {
      const element = elementOf(part, 'bpmnElement');
      return element === null || !drawn.has(element) ? [] : [{ part, element }];
    });
  const missed = new Set([...nodes.missed, ...flows.missed]);
  const painted = parts.map(({ part, element }) => {
    const kind = missed.has(idOf(element)) ? 'missed' : 'walked';
    const picture = part.$type === 'bpmndi:BPMNEdge' ? edge(part, element) : shape(part, element);
    return `<g class="${kind}${element.$type === 'bpmn:EndEvent' ? ' end' : ''}"><title>${escaped(idOf(element))}: ${kind}</title>${picture}</g>`;
  });
  const { left, top, width, height } = frame(parts.flatMap(({ part }) => corners(part)));
  const share = (walked: Coverage['nodes']) => `${walked.all - walked.missed.length} of ${walked.all}`;
  const title = `${idOf(process)}: ${share(nodes)} flow nodes, ${share(flows)} sequence flows`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}">
<style>${style}</style><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#fff" />
<text class="title" x="${left + 20}" y="${top + 24}">${escaped(title)}</text>
${painted.join('\n')}
</svg>
`;
}

/** Writes a picture of each process into a folder, `<process key>.svg`. */
export async function paintCoverage(
  files: readonly ModelFile[],
  coverage: readonly Coverage[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const each of coverage) {
    const file = files.find(({ name }) => name === `${each.processKey}.bpmn`);
    if (file !== undefined)
      await writeFile(join(folder, `${each.processKey}.svg`), await coveragePicture(file.content, each));
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function shape(part: ModdleElement, element: ModdleElement): string {
  const { x, y, width, height } = bounds(part);
  const [middle, centre] = [x + width / 2, y + height / 2];
  const name = attribute(element, 'name') ?? '';
  const label = elementOf(part, 'label');
  const below =
    label === null || elementOf(label, 'bounds') === null
      ? { x: middle - 45, y: y + height + 7, width: 90, height: 14 }
      : bounds(label);
  if (element.$type.endsWith('Event')) {
    const inner =
      element.$type === 'bpmn:StartEvent' || element.$type === 'bpmn:EndEvent'
        ? ''
        : circle(middle, centre, width / 2 - 4);
    return (
      circle(middle, centre, width / 2) + inner + text(markOf(element), { x, y, width, height }) + text(name, below)
    );
  }
  if (element.$type.endsWith('Gateway')) {
    const corners = [
      [middle, y],
      [x + width, centre],
      [middle, y + height],
      [x, centre],
    ]
      .map((point) => point.join(','))
      .join(' ');
    return `<polygon class="shape" points="${corners}" />${text(markOf(element), { x, y, width, height })}${text(name, below)}`;
  }
  return `<rect class="shape" x="${x}" y="${y}" width="${width}" height="${height}" rx="10" />${text(name, { x, y, width, height })}`;
}

function circle(x: number, y: number, radius: number): string {
  return `<circle class="shape" cx="${x}" cy="${y}" r="${radius}" />`;
}

const gatewayMarks: Readonly<Record<string, string>> = {
  'bpmn:ExclusiveGateway': '×',
  'bpmn:ParallelGateway': '+',
  'bpmn:InclusiveGateway': '○',
};

/** One sign for what a gateway or event does. */
function markOf(element: ModdleElement): string {
  if (eventDefinition(element, 'bpmn:MessageEventDefinition') !== null) return '✉';
  if (eventDefinition(element, 'bpmn:ErrorEventDefinition') !== null) return 'ϟ';
  if (eventDefinition(element, 'bpmn:TimerEventDefinition') !== null) return '◷';
  return gatewayMarks[element.$type] ?? '';
}

function edge(part: ModdleElement, element: ModdleElement): string {
  const points = corners(part);
  const [before, last] = points.slice(-2);
  const label = elementOf(part, 'label');
  const name =
    label === null || elementOf(label, 'bounds') === null ? '' : text(attribute(element, 'name') ?? '', bounds(label));
  return `<polyline class="edge" points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}" />${before && last ? tip(before, last) : ''}${name}`;
}

/** The tip of an arrow, along its last piece. */
function tip(from: Point, to: Point): string {
  const degrees = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return `<polygon class="tip" points="0,0 -9,-4 -9,4" transform="translate(${to.x} ${to.y}) rotate(${degrees.toFixed(1)})" />`;
}

/** A text in the middle of a box, in lines that fit its width. */
function text(words: string, { x, y, width, height }: Box): string {
  const lines = words.split(/\s+/).reduce<string[]>((all, word) => {
    const line = `${all.at(-1) ?? ''} ${word}`.trim();
    return all.length > 0 && line.length * 5.6 <= width - 6 ? [...all.slice(0, -1), line] : [...all, word];
  }, []);
  const first = y + height / 2 + 4 - ((lines.length - 1) * 13) / 2;
  const spans = lines.map(
    (line, index) => `<tspan x="${x + width / 2}" y="${first + index * 13}">${escaped(line)}</tspan>`,
  );
  return words === '' ? '' : `<text text-anchor="middle">${spans.join('')}</text>`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a shape or flow reaches to, its label included. */
function corners(part: ModdleElement): Point[] {
  if (part.$type === 'bpmndi:BPMNEdge')
    return elementsOf(part, 'waypoint').map((each) => ({ x: number(each, 'x'), y: number(each, 'y') }));
  const { x, y, width, height } = bounds(part);
  return [
    { x, y },
    { x: x + width, y: y + height },
  ];
}

function frame(points: readonly Point[]): { left: number; top: number; width: number; height: number } {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs) - 60, Math.min(...ys) - 60];
  return { left, top, width: Math.max(...xs) - left + 60, height: Math.max(...ys) - top + 60 };
}

function bounds(part: ModdleElement): Box {
  const box = elementOf(part, 'bounds');
  if (box === null) throw new Error(`${idOf(part)} has no bounds.`);
  return { x: number(box, 'x'), y: number(box, 'y'), width: number(box, 'width'), height: number(box, 'height') };
}

function number(element: ModdleElement, property: string): number {
  return Number(element.get(property));
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
