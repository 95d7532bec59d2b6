import type { Screen } from './screen.js';

/** Says what a step is doing just now, for example `12 of 40 diagrams`. */
export type Report = (detail: string) => void;

/** Off a terminal a step speaks up when it has run this long, and again each time after `REPEAT_MS`. */
const FIRST_WORD_MS = 1_000;
const REPEAT_MS = 10_000;
const REDRAW_MS = 200;

interface Running {
  readonly label: string;
  readonly began: number;
  detail: string;
}

/** Numbered steps with a line each: `[3/8] Starting the process engine … 9.1 s`. Steps may overlap. */
export class Steps {
  private begun = 0;
  private readonly running = new Set<Running>();

  /**
   * @param total how many steps there will be
   * @param stopping silences the steps: from then on the console belongs to what is said about stopping
   */
  constructor(
    private readonly screen: Screen,
    private readonly total: number,
    private readonly stopping: AbortSignal,
  ) {
    stopping.addEventListener('abort', () => screen.status(''), { once: true });
  }

  /** Does one step; its line says how long it took. A step that fails leaves no line: the failure is shown at the end. */
  async step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
    this.begun += 1;
    const step: Running = { label: `[${this.begun}/${this.total}] ${title} …`, began: performance.now(), detail: '' };
    this.running.add(step);
    const timers = this.screen.isTerminal
      ? [setInterval(() => this.redraw(), REDRAW_MS)]
      : [setTimeout(() => this.say(step.label), FIRST_WORD_MS), setInterval(() => this.say(describe(step)), REPEAT_MS)];
    this.redraw();
    try {
      const result = await work((detail) => {
        step.detail = detail;
      });
      this.running.delete(step);
      this.redraw();
      this.say(`${step.label} ${seconds(step)}`);
      return result;
    } finally {
      timers.forEach(clearTimeout);
      this.running.delete(step);
      this.redraw();
    }
  }

  private say(line: string): void {
    if (!this.stopping.aborted) this.screen.line(line);
  }

  private redraw(): void {
    const [oldest] = this.running;
    if (!this.stopping.aborted) this.screen.status(oldest === undefined ? '' : describe(oldest));
  }
}

function describe(step: Running): string {
  return `${step.label} ${seconds(step)}${step.detail === '' ? '' : ` (${step.detail})`}`;
}

function seconds(step: Running): string {
  return `${((performance.now() - step.began) / 1000).toFixed(1)} s`;
}
