import { cardSides, type Box, type TextElement } from '../../src/cards/layouts/card-template.js';
import { setElement } from '../../src/cards/layouts/card-drawing.js';
import { placeGlyphs } from '../../src/cards/layouts/svg.js';
import { setText, type SetText, type TextSetting } from '../../src/cards/layouts/text/text-fitting.js';
import { plainText, shapeLine } from '../../src/cards/layouts/text/text-shaping.js';
import { named, printableNames, shipped } from './people.js';

const setting: TextSetting = {
  width: 40,
  height: 6,
  size: 4,
  smallest: 2,
  weight: 'bold',
  align: 'left',
  vertical: 'top',
  tracking: 0,
};

/** The outermost corners of every curve, in millimetres from the corner of the card: nothing is drawn beyond them. */
function corners(
  set: SetText,
  { x, y }: Pick<Box, 'x' | 'y'>,
): { left: number; right: number; top: number; bottom: number } {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const glyph of placeGlyphs(set, x, y, (mm) => mm)) {
    const numbers = [...glyph.path.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
    numbers.forEach((number, at) =>
      at % 2 === 0 ? xs.push(glyph.x + number * glyph.scale) : ys.push(glyph.y - number * glyph.scale),
    );
  }
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function expectInside(set: SetText, box: Box): void {
  if (set.lines.every(({ line }) => line.glyphs.length === 0)) return;
  const { left, right, top, bottom } = corners(set, box);
  // Control points of curves lie a little beyond the ink.
  const tolerance = 0.05 * set.size + 0.02;
  expect(left).toBeGreaterThanOrEqual(box.x - tolerance);
  expect(right).toBeLessThanOrEqual(box.x + box.width + tolerance);
  expect(top).toBeGreaterThanOrEqual(box.y - tolerance);
  expect(bottom).toBeLessThanOrEqual(box.y + box.height + tolerance);
}

test.each(printableNames)('%j stays in its box, however it is set', (name) => {
  for (const align of ['left', 'centre', 'right'] as const) {
    for (const vertical of ['top', 'middle', 'bottom'] as const) {
      for (const [width, height] of [
        [40, 6],
        [12, 12],
        [80, 4.2],
      ] as const) {
        const set = setText(name, { ...setting, align, vertical, width, height });
        expect(set.inside).toBe(true);
        expectInside(set, { x: 0, y: 0, width, height });
      }
    }
  }
});

describe.each(['employee', 'contractor', 'visitor'])('the layout %s', (layout) => {
  test.each(printableNames)('keeps %j in its box', (name) => {
    const template = shipped(layout);
    for (const side of cardSides) {
      for (const element of template[side].elements.filter((each): each is TextElement => each.kind === 'text')) {
        const set = setElement(element, { ...named(name), department: name });
        if (set !== null) expectInside(set, element.box);
      }
    }
  });
});

test('what fits keeps its size, what is longer shrinks, and what is longer still ends in an ellipsis', () => {
  const short = setText('Ada Sample', setting);
  expect(short).toMatchObject({ size: 4, cut: false });
  const longer = setText('Alexandrina Sample-Person', setting);
  expect(longer.size).toBeLessThan(4);
  expect(longer.size).toBeGreaterThan(2);
  expect(longer.cut).toBe(false);
  const longest = setText('Alexandrina Sample-Person of the Far Away Department', { ...setting, height: 3 });
  expect(longest).toMatchObject({ size: 2, cut: true });
});

test('a box that is high enough takes more lines before the text shrinks; lines break at spaces and hyphens', () => {
  const set = setText('Alexandrina Sample-Person', { ...setting, height: 14, width: 32 });
  expect(set).toMatchObject({ size: 4, cut: false });
  expect(set.lines).toHaveLength(2);
  const hyphened = setText('Hohenstein-Wittgenstein', { ...setting, height: 14, width: 26 });
  expect(hyphened.lines).toHaveLength(2);
  expect(hyphened.lines[0]?.line.width).toBeCloseTo(shapeLine('Hohenstein-', 'bold').width);
});

test('capitals stand at the same height whether or not a text has descenders', () => {
  const [plain, descending] = ['Ada Hale', 'Peggy Jagger'].map((text) =>
    setText(text, { ...setting, height: 8, vertical: 'bottom' }),
  );
  expect(plain?.lines[0]?.baseline).toBe(descending?.lines[0]?.baseline);
});

test('text is drawn composed, on one line, and without what cannot be seen', () => {
  expect(plainText('  Zoe\u0308 \u200bA\u00adB\u202e \r\n\t C\u0000D ')).toBe('Zoë AB C D');
});

test('letters of several scripts stand on one line, and joined ones are shaped', () => {
  expect(shapeLine('Aα Я अनु ǵ', 'regular').missing).toEqual([]);
  // The vowel sign is drawn before the letter that it is written after.
  expect(shapeLine('शि', 'regular').width).toBeLessThan(
    shapeLine('श', 'regular').width + shapeLine('ि', 'regular').width + 0.2,
  );
});

test('marks that no letter composes with are placed over it', () => {
  const letter = shapeLine('x', 'regular');
  const marked = shapeLine('x\u0301', 'regular');
  expect(marked.missing).toEqual([]);
  expect(marked.width).toBeCloseTo(letter.width);
  expect(marked.ink?.top ?? 0).toBeGreaterThan(letter.ink?.top ?? 0);
});

test('characters that no font has are named, and a frame stands for each', () => {
  const line = shapeLine('A 山田', 'regular');
  expect(line.missing).toEqual(['山', '田']);
  expect(line.glyphs).toHaveLength(3);
  expect(line.width).toBeGreaterThan(1.2);
});

test('a tower of marks that no box holds is reported', () => {
  expect(setText(`e${'\u0301'.repeat(60)}`, setting).inside).toBe(false);
});
