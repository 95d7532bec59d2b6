import bwip from 'bwip-js/node';
import { mmToPx } from './card-size.js';
import type { BarcodeElement, Box } from './card-template.js';

/*
 * Quiet zones in modules, by the standards of the symbols: ISO/IEC 15417 (Code 128) and ISO/IEC 18004 (QR). The smallest
 * module is what a card printer of 300 dots an inch prints so that phones and desk scanners read it: 0.17 and 0.25 mm.
 */
const kinds = {
  code128: { name: 'Code 128', quiet: 10, smallestDots: 2 },
  qr: { name: 'QR code', quiet: 4, smallestDots: 3 },
} as const;

/** Path data of the dark modules in dots, or why there is none. */
export type DrawnSymbol = { readonly path: string } | { readonly problem: string };

interface Grid {
  /** Dark rectangles, in modules. */
  readonly dark: readonly Box[];
  readonly width: number;
  /** Null where the height may be anything. */
  readonly height: number | null;
}

/**
 * Draws a bar code into its box, quiet zone included. Every module is the same whole number of dots, because a printer
 * would else make bars of one width differ.
 * @param box in millimetres
 */
export function drawSymbol(symbology: BarcodeElement['symbology'], text: string, box: Box): DrawnSymbol {
  const { name, quiet, smallestDots } = kinds[symbology];
  if (!/^[\x20-\x7e]+$/.test(text)) {
    return { problem: `a ${name} holds letters A to Z, digits and common signs only, but not “${text}”` };
  }
  const grid = symbology === 'qr' ? qrGrid(text) : code128Grid(text);
  const modules = grid.width + 2 * quiet;
  const room = { width: mmToPx(box.width), height: mmToPx(box.height) };
  const dots = Math.floor((grid.height === null ? room.width : Math.min(room.width, room.height)) / modules);
  if (dots < smallestDots) {
    const least = Math.ceil((modules * smallestDots * 10) / mmToPx(1)) / 10;
    const sides = grid.height === null ? 'width' : 'on each side';
    return { problem: `the ${name} of “${text}” needs a box of at least ${least} mm ${sides}` };
  }
  const left = Math.round(mmToPx(box.x) + (room.width - grid.width * dots) / 2);
  const top = Math.round(mmToPx(box.y) + (grid.height === null ? 0 : (room.height - grid.height * dots) / 2));
  const rise = grid.height === null ? Math.floor(room.height) : dots;
  const modulePath = ({ x, y, width }: Box) =>
    `M${left + x * dots} ${top + y * dots}h${width * dots}v${rise}h${-width * dots}z`;
  return { path: grid.dark.map(modulePath).join('') };
}

function code128Grid(text: string): Grid {
  const [symbol] = bwip.raw('code128', text);
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('bwip-js has drawn no Code 128');
  const dark: Box[] = [];
  let x = 0;
  // Widths of bar, space, bar and so on.
  symbol.sbs.forEach((width, at) => {
    if (at % 2 === 0) dark.push({ x, y: 0, width, height: 1 });
    x += width;
  });
  return { dark, width: x, height: null };
}

function qrGrid(text: string): Grid {
  const [symbol] = bwip.raw('qrcode', text, 'eclevel=M');
  if (symbol === undefined || !('pixs' in symbol)) throw new Error('bwip-js has drawn no QR code');
  const { pixs, pixx, pixy } = symbol;
  const dark = pixs.flatMap((dot, at) =>
    dot === 1 ? [{ x: at % pixx, y: Math.floor(at / pixx), width: 1, height: 1 }] : [],
  );
  return { dark, width: pixx, height: pixy };
}
