/** A card of format ID-1 (CR80), landscape, in millimetres. Source: ISO/IEC 7810. */
export const cardMm = { width: 85.6, height: 53.98 } as const;

/** What card printers print. */
export const dotsPerInch = 300;

const mmPerInch = 25.4;
const pointsPerInch = 72;

/** One side as a picture, in dots. */
export const cardPx = { width: Math.round(mmToPx(cardMm.width)), height: Math.round(mmToPx(cardMm.height)) } as const;

export function mmToPx(mm: number): number {
  return (mm * dotsPerInch) / mmPerInch;
}

export function pointsToMm(points: number): number {
  return (points * mmPerInch) / pointsPerInch;
}

export function mmToPoints(mm: number): number {
  return (mm * pointsPerInch) / mmPerInch;
}
