/** The part of fontkit that is used here; it comes without types. */
declare module 'fontkit' {
  export interface PathCommand {
    readonly command: 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'bezierCurveTo' | 'closePath';
    /** Coordinates in units of the font, x before y, upwards. */
    readonly args: readonly number[];
  }

  export interface Glyph {
    readonly path: { readonly commands: readonly PathCommand[] };
    /** Infinite where nothing is drawn. */
    readonly bbox: { readonly minX: number; readonly maxX: number; readonly minY: number; readonly maxY: number };
  }

  export interface GlyphRun {
    readonly glyphs: readonly Glyph[];
    /** One a glyph, in units of the font. */
    readonly positions: readonly { readonly xAdvance: number; readonly xOffset: number; readonly yOffset: number }[];
  }

  export interface Font {
    readonly unitsPerEm: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    /** Shapes one line: ligatures, kerning and marks. */
    layout(text: string): GlyphRun;
  }

  /** Opens a font file with a single font in it. */
  export function create(file: Buffer): Font;
}
