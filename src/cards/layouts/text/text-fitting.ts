import { metrics, type Weight } from './fonts.js';
import { charactersOf, plainText, shapeLine, type ShapedLine } from './text-shaping.js';

/** How a text is set; lengths of the box in millimetres, sizes in millimetres too. */
export interface TextSetting {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  /** Smallest size that text which does not fit may be made. */
  readonly smallest: number;
  readonly weight: Weight;
  readonly align: 'left' | 'centre' | 'right';
  readonly vertical: 'top' | 'middle' | 'bottom';
  /** In parts of the size. */
  readonly tracking: number;
}

/** A line with the start of its base line, in millimetres from the top left corner of the box. */
export interface SetLine {
  readonly line: ShapedLine;
  readonly x: number;
  readonly baseline: number;
}

export interface SetText {
  readonly size: number;
  readonly lines: readonly SetLine[];
  /** True where something was left out for want of space. */
  readonly cut: boolean;
  /** False where even at the smallest size marks above or below the letters would leave the box. */
  readonly inside: boolean;
}

/** By how much text shrinks at each try, in millimetres: a quarter of a point. */
const step = 0.088;
/** What rounding may add up to (mm). */
const slack = 0.01;

/**
 * Sets a text into a box: at the largest size at which all of it fits, in as many lines as the box is high; at the smallest
 * size, what is too long ends in an ellipsis.
 */
export function setText(raw: string, setting: TextSetting): SetText {
  const text = plainText(raw);
  const measure = memoised((line) => shapeLine(line, setting.weight, setting.tracking));
  for (let size = setting.size; size > setting.smallest; size -= step) {
    const lines = wrap(text, setting.width / size, measure).map((line) => line.trimEnd());
    if (lines.length > linesThatFit(setting, size)) continue;
    const set = place(lines.map(measure), size, setting);
    if (set.inside) return set;
  }
  return setSmallest(text, setting, measure);
}

type Measure = (line: string) => ShapedLine;

function setSmallest(text: string, setting: TextSetting, measure: Measure): SetText {
  const size = setting.smallest;
  const most = linesThatFit(setting, size);
  const lines = wrap(text, setting.width / size, measure);
  const rest = lines.slice(most - 1).join('');
  const kept = (lines.length <= most ? lines : [...lines.slice(0, most - 1), rest]).map((line) => line.trimEnd());
  const shortened = kept.map((line) => cutToWidth(line, setting.width / size, measure));
  return { ...place(shortened.map(measure), size, setting), cut: shortened.some((line, at) => line !== kept[at]) };
}

/**
 * Lines as wide as the box; a word that is wider has a line to itself. Breaks stand after spaces, which stay at the ends
 * of their lines, and after hyphens.
 */
function wrap(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<= )|(?<=-)(?=\p{L})/u)) {
    const longer = `${lines.at(-1) ?? ''}${part}`;
    if (lines.length > 0 && reach(measure(longer.trimEnd())) <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function cutToWidth(line: string, width: number, measure: Measure): string {
  if (reach(measure(line)) <= width) return line;
  const characters = charactersOf(line);
  const shortened = (length: number) => `${characters.slice(0, length).join('').trimEnd()}…`;
  let [fits, tooLong] = [0, characters.length];
  while (tooLong - fits > 1) {
    const length = Math.floor((fits + tooLong) / 2);
    if (reach(measure(shortened(length))) <= width) fits = length;
    else tooLong = length;
  }
  return shortened(fits);
}

/** The width that a line takes up: italics and marks may reach over the last letter's own width. */
function reach({ width, ink }: ShapedLine): number {
  return Math.max(width, ink?.right ?? 0) - Math.min(0, ink?.left ?? 0);
}

function linesThatFit({ height }: TextSetting, size: number): number {
  const first = (metrics.capHeight + metrics.descent) * size;
  return Math.max(1, 1 + Math.floor((height - first + slack) / (metrics.lineHeight * size)));
}

/**
 * Puts the lines into the box by their capitals' height, so that the same element stands at the same height on every
 * card; only accents that would reach out of the box move them.
 */
function place(lines: readonly ShapedLine[], size: number, { width, height, align, vertical }: TextSetting): SetText {
  const advance = metrics.lineHeight * size;
  const top = Math.max(metrics.capHeight, lines[0]?.ink?.top ?? 0) * size;
  const bottom = Math.max(metrics.descent, -(lines.at(-1)?.ink?.bottom ?? 0)) * size;
  const block = (lines.length - 1) * advance;
  const free = height - metrics.capHeight * size - block - (vertical === 'middle' ? 0 : metrics.descent * size);
  const wanted = metrics.capHeight * size + { top: 0, middle: free / 2, bottom: free }[vertical];
  const first = Math.max(top, Math.min(wanted, height - bottom - block));
  return {
    size,
    lines: lines.map((line, at) => ({ line, x: startOf(line, size, width, align), baseline: first + at * advance })),
    cut: false,
    inside: first + block + bottom <= height + slack && lines.every((line) => reach(line) * size <= width + slack),
  };
}

function startOf(line: ShapedLine, size: number, width: number, align: TextSetting['align']): number {
  const before = -Math.min(0, line.ink?.left ?? 0) * size;
  const free = width - reach(line) * size;
  return before + { left: 0, centre: free / 2, right: free }[align];
}

function memoised(shape: Measure): Measure {
  const known = new Map<string, ShapedLine>();
  return (line) => {
    const found = known.get(line) ?? shape(line);
    known.set(line, found);
    return found;
  };
}
