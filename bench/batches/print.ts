import type { Spread } from '../lib/statistics.js';
import { armNames } from './rounds.js';
import { spreads, type BatchBenchResult } from './run.js';

const titles = {
  'ours-500': 'ours, 500 cards a call',
  'ours-1': 'ours, 1 card a call',
  textbook: 'textbook, 1 card a call',
  postgres: 'PostgreSQL alone, same changes of rows',
} as const;

/** The tables that people read. */
export function printBatches(
  { steps, memory, requests, rounds, ratios, goals }: BatchBenchResult,
  say: (line: string) => void,
): void {
  say("\nEngine steps of one batch order, by the engine's history");
  const kinds = Object.keys(steps[0]?.steps ?? {}) as (keyof (typeof steps)[number]['steps'])[];
  say(row(['cards', ...kinds, 'seconds']));
  for (const each of steps)
    say(row([String(each.cards), ...kinds.map((kind) => String(each.steps[kind])), each.seconds.toFixed(1)]));

  say('\nThe same of batches of requests, approved in one task');
  say(row(['cards', ...kinds, 'registered, s', 'decided, s']));
  for (const each of requests)
    say(
      row([
        String(each.cards),
        ...kinds.map((kind) => String(each.steps[kind])),
        each.registered.toFixed(1),
        each.decided.toFixed(1),
      ]),
    );

  say('\nCards per second: median (least–most)');
  for (const name of armNames)
    say(line(titles[name], of(rounds.map(({ cardsPerSecond }) => ({ [name]: cardsPerSecond[name] })))));
  say(
    line(
      "completions that the textbook's engine refused, per card",
      of(rounds.map(({ refusedPerCard }) => ({ refusedPerCard }))),
    ),
  );
  say('\nRatios within a round: median (least–most)');
  for (const [name, value] of Object.entries(ratios)) say(line(name, value));

  say('\nWhere the time of ours, 500 a call, goes (ms)');
  for (const [name, value] of spreads(rounds.map(({ phases }) => ({ ...phases }))))
    say(line(phaseTitles[name] ?? name, value));
  say('\nCPU per card (ms), medians');
  for (const name of armNames) {
    const spent = spreads(rounds.map(({ cpu }) => cpu[name] ?? {}));
    if (spent.length > 0)
      say(`${titles[name].padEnd(44)}${spent.map(([who, { median }]) => `${who} ${text(median)}`).join('   ')}`);
  }

  say(`\nMost memory during ${steps.at(-1)?.cards} cards, MB; in brackets before them`);
  for (const [part, { idle, most }] of Object.entries(memory)) {
    say(
      `${part.padEnd(44)}RSS ${megabytes(most.rss)} (${megabytes(idle.rss)})   heap ${megabytes(most.heap)} (${megabytes(idle.heap)})`,
    );
  }
  say('');
  for (const [name, { value, goal, met }] of Object.entries(goals))
    say(`${met ? 'met   ' : 'MISSED'} ${name}: ${text(value)} (goal ${goal})`);
}

const phaseTitles: Readonly<Record<string, string>> = {
  asked: 'the call of the API, until it is answered',
  engine: 'outbox, engine and the task that orders',
  placed: 'from the first to the last 500 in the print ledger',
  firstCall: 'from the ledger to the first call of the print shop',
  made: 'from the first call to the last result',
};

const of = (rounds: readonly Readonly<Record<string, number>>[]): Spread =>
  spreads(rounds)[0]?.[1] ?? { median: NaN, min: NaN, max: NaN };
const megabytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0);
const text = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
const line = (name: string, { median, min, max }: Spread): string =>
  `${name.padEnd(60)}${text(median).padStart(8)} (${text(min)}–${text(max)})`;
const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(12) : cell.padStart(30))).join('');
