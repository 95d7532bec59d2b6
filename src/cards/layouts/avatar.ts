import sharp from 'sharp';

const skins = ['#f3d3bd', '#e8b894', '#c98f65', '#9c6a45', '#6f4a30', '#f0c8a8'];
const hairs = ['#2b2118', '#5a3b22', '#8c5a2b', '#c9a25b', '#777777', '#a33c1f'];
const hairShapes = [
  'M108 190 Q110 84 180 84 Q250 84 252 190 Q232 130 180 130 Q128 130 108 190 Z',
  'M100 260 Q92 80 180 80 Q268 80 260 260 L240 260 Q252 140 180 134 Q108 140 120 260 Z',
  'M112 168 Q124 92 180 92 Q236 92 248 168 Q214 118 150 128 Q124 134 112 168 Z',
  'M108 192 Q98 98 156 94 Q206 70 240 108 Q260 138 252 192 Q244 150 214 132 Q146 146 108 192 Z',
];

/** The word on each drawing as strokes on a grid of 4 × 6: a machine without fonts draws it too. */
const letters: Readonly<Record<string, string>> = {
  S: 'M4 0 H0 V3 H4 V6 H0',
  A: 'M0 6 L2 0 L4 6 M1 4 H3',
  M: 'M0 6 V0 L2 3 L4 0 V6',
  P: 'M0 6 V0 H4 V3 H0',
  L: 'M0 0 V6 H4',
  E: 'M4 0 H0 V6 H4 M0 3 H3',
};

/**
 * Draws the passport photo of nobody: a JPEG of 360 × 480 pixels marked SAMPLE.
 * @param seed whole number; the same one gives the same drawing
 */
export async function drawAvatar(seed: number): Promise<Buffer> {
  return sharp(Buffer.from(svg(seed)), { density: 72 })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 80 })
    .toBuffer();
}

function svg(seed: number): string {
  const hue = (seed * 47) % 360;
  const shirt = (seed * 83 + 180) % 360;
  const skin = pick(skins, seed * 5 + 1);
  const hair = pick(hairs, seed * 11 + Math.floor(seed / 6));
  const glasses = seed % 5 === 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="360" height="480" viewBox="0 0 360 480">
<rect width="360" height="480" fill="hsl(${hue} 35% 86%)"/>
<path d="M40 480 Q40 340 180 340 Q320 340 320 480 Z" fill="hsl(${shirt} 40% 42%)"/>
<rect x="150" y="280" width="60" height="80" rx="24" fill="${skin}"/>
<ellipse cx="180" cy="210" rx="${70 + (seed % 3) * 3}" ry="${88 + (seed % 4) * 3}" fill="${skin}"/>
<path d="${pick(hairShapes, seed)}" fill="${hair}"/>
<g fill="#2a2a2a"><circle cx="154" cy="204" r="6"/><circle cx="206" cy="204" r="6"/></g>
${glasses ? '<g fill="none" stroke="#333" stroke-width="4"><circle cx="154" cy="204" r="20"/><circle cx="206" cy="204" r="20"/><path d="M174 204 H186"/></g>' : ''}
<path d="M152 ${250 + (seed % 3) * 3} Q180 ${268 + (seed % 5) * 3} 208 ${250 + (seed % 3) * 3}" fill="none" stroke="#8a4b3c" stroke-width="5" stroke-linecap="round"/>
<rect y="416" width="360" height="64" fill="#ffffff" fill-opacity="0.85"/>
<g fill="none" stroke="#444" stroke-width="1" stroke-linejoin="round" transform="translate(68 430) scale(6)">
${[...'SAMPLE'].map((letter, at) => `<path transform="translate(${at * 6.4} 0)" d="${letters[letter]}"/>`).join('')}
</g>
</svg>`;
}

function pick(list: readonly string[], at: number): string {
  return list[at % list.length] ?? '';
}
