import { armNames, type ArmName, type ArmSummary, type Results } from './results.js';

const panel = { width: 400, height: 260, left: 52, bottom: 64, top: 34 };
const colours = { java: '#b5651d', postgres: '#336791', node: '#3c873a' } as const;

/** Rates with every round, CPU a task by part, and fetch latency over what waits, as one SVG image. */
export function toSvg(results: Results, arms: Record<ArmName, ArmSummary>): string {
  const panels = [ratePanel(results, arms), cpuPanel(arms), fetchPanel(results)];
  const placed = panels.map((content, index) => `<g transform="translate(${index * panel.width},0)">${content}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${panels.length * panel.width}" height="${panel.height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>${placed.join('\n')}</svg>\n`;
}

const withTasks = armNames.filter((name) => name !== 'without-tasks');
const y = (value: number, most: number): number =>
  panel.height - panel.bottom - (value / most) * (panel.height - panel.bottom - panel.top);
const slot = (panel.width - panel.left - 16) / withTasks.length;
const x = (index: number): number => panel.left + index * slot;

function ratePanel({ rounds, cases }: Results, arms: Record<ArmName, ArmSummary>): string {
  const most = Math.max(...withTasks.map((name) => arms[name].rate?.max ?? 0)) * 1.05;
  const bars = withTasks.map((name, index) => {
    const top = y(arms[name].rate?.median ?? 0, most);
    const dots = rounds.map(
      (round) =>
        `<circle cx="${x(index) + slot / 2}" cy="${y((cases / (round[name].drainMs ?? Infinity)) * 1_000, most)}" r="2" fill="#222"/>`,
    );
    return `<rect x="${x(index) + 6}" y="${top}" width="${slot - 12}" height="${y(0, most) - top}" fill="#9bb7d4"/>${dots.join('')}`;
  });
  return frame('Tasks a second: median, and each round', most) + bars.join('') + armLabels();
}

function cpuPanel(arms: Record<ArmName, ArmSummary>): string {
  const parts = ['java', 'postgres', 'node'] as const;
  const total = (name: ArmName): number => parts.reduce((sum, part) => sum + (arms[name].cpu?.[part] ?? 0), 0);
  const most = Math.max(...withTasks.map(total)) * 1.05;
  const bars = withTasks.map((name, index) => {
    let below = 0;
    return parts.map((part) => {
      const value = arms[name].cpu?.[part] ?? 0;
      const top = y(below + value, most);
      const bar = `<rect x="${x(index) + 6}" y="${top}" width="${slot - 12}" height="${y(below, most) - top}" fill="${colours[part]}"/>`;
      below += value;
      return bar;
    });
  });
  const legend = parts.map(
    (part, index) => `<text x="${panel.left + 200 + index * 50}" y="30" fill="${colours[part]}">${part}</text>`,
  );
  return frame('Core-ms a task', most) + bars.flat().join('') + legend.join('') + armLabels();
}

/** Both axes by equal steps: levels are powers of ten, and latency begins at zero. */
function fetchPanel({ fetch }: Results): string {
  const most = Math.max(...fetch.map(({ p99 }) => p99)) * 1.05;
  const step = (panel.width - panel.left - 40) / Math.max(1, fetch.length - 1);
  const line = (of: 'p50' | 'p99', colour: string): string => {
    const points = fetch.map((each, index) => `${panel.left + 12 + index * step},${y(each[of], most)}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  };
  const labels = fetch.map(
    ({ waiting }, index) =>
      `<text x="${panel.left + 12 + index * step}" y="${y(0, most) + 16}" text-anchor="middle">${waiting}</text>`,
  );
  const legend = '<text x="300" y="30" fill="#336791">p50</text><text x="340" y="30" fill="#b5651d">p99</text>';
  return (
    frame('Fetch of 32 tasks (ms) by tasks waiting', most) +
    line('p50', '#336791') +
    line('p99', '#b5651d') +
    labels.join('') +
    legend
  );
}

function frame(title: string, most: number): string {
  const marks = [0, 0.5, 1].map((share) => {
    const value = (most / 1.05) * share;
    const at = y(value, most);
    return `<line x1="${panel.left}" x2="${panel.width - 16}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${panel.left - 6}" y="${at + 4}" text-anchor="end">${value.toFixed(value < 10 ? 1 : 0)}</text>`;
  });
  return `<text x="${panel.left}" y="16" font-weight="bold">${title}</text>${marks.join('')}`;
}

function armLabels(): string {
  return withTasks
    .map((name, index) => {
      const [at, under] = [x(index) + slot / 2, panel.height - panel.bottom + 14];
      return `<text transform="translate(${at},${under}) rotate(-20)" text-anchor="end">${name}</text>`;
    })
    .join('');
}
