import { z } from 'zod';
import { ProductError } from '../../kernel/errors.js';
import { fieldErrors, type FieldError } from '../../web/problem.js';

/*
 * A layout is data only. Everything is measured in millimetres from the top left corner of the card, type in points.
 * Elements are drawn in the order of the list, later ones over earlier ones.
 */

const mm = z.number().min(0).max(100);
const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #1f4e79');
const box = z
  .strictObject({ x: mm, y: mm, width: mm.positive(), height: mm.positive() })
  .describe('In millimetres from the top left corner of the card');
const point = z.tuple([mm, mm]);
const points = z.number().min(3).max(72).describe('In points');
const stroke = z.strictObject({ colour, width: mm.positive().max(5) });

/** One colour, or two that run into each other. */
const fill = z.union([colour, z.strictObject({ from: colour, to: colour, direction: z.enum(['right', 'down']) })], {
  error: 'must be a colour such as #1f4e79, or {"from", "to", "direction": "right" or "down"}',
});

const content = z
  .string()
  .min(1)
  .max(300)
  .describe('Text with named fields in braces, such as `Valid until {validUntil}`');

const text = z.strictObject({
  kind: z.literal('text'),
  text: content,
  whenEmpty: content
    .optional()
    .describe('Stands there when every field of the text is empty; without it, nothing does'),
  /** Text longer than one line is broken into as many lines as the box is high. */
  box,
  size: points,
  smallest: points
    .optional()
    .describe(
      'Text that does not fit is made smaller down to this size (points), then ends in an ellipsis; without it: never smaller',
    ),
  weight: z.enum(['regular', 'semibold', 'bold']).default('regular'),
  colour: colour.default('#000000'),
  align: z.enum(['left', 'centre', 'right']).default('left'),
  vertical: z.enum(['top', 'middle', 'bottom']).default('top'),
  tracking: z.number().min(0).max(1).default(0).describe('Space added after each letter, in parts of the font size'),
});

const photo = z.strictObject({
  kind: z.literal('photo'),
  box,
  crop: z
    .enum(['top', 'centre'])
    .default('centre')
    .describe('Which part is kept of a photo that has other proportions than the box'),
  radius: mm.max(20).default(0),
  border: stroke.optional(),
  missing: z
    .enum(['silhouette', 'blank'])
    .default('silhouette')
    .describe('What is printed for a holder without a photo'),
});

const barcode = z.strictObject({
  kind: z.literal('barcode'),
  symbology: z.enum(['code128', 'qr']),
  content,
  /** The quiet zone that scanners need is inside, so the box is always filled with white. */
  box,
});

const rectangle = z.strictObject({
  kind: z.literal('rectangle'),
  box,
  fill: fill.optional(),
  stroke: stroke.optional(),
  radius: mm.max(20).default(0),
});

const line = z.strictObject({ kind: z.literal('line'), from: point, to: point, stroke });
const polygon = z.strictObject({ kind: z.literal('polygon'), points: z.array(point).min(3).max(50), fill });

const image = z.strictObject({
  kind: z.literal('image'),
  box,
  /** Only what is in the layout itself: no address is ever followed. */
  source: z
    .string()
    .max(700_000)
    .regex(
      /^data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/,
      'must be data:image/png;base64,… or data:image/jpeg;base64,…',
    ),
  fit: z.enum(['contain', 'cover']).default('contain'),
});

const element = z.discriminatedUnion('kind', [text, photo, barcode, rectangle, line, polygon, image]);
const side = z.strictObject({ background: fill.default('#ffffff'), elements: z.array(element).max(100) });

export const cardTemplateSchema = z.strictObject({ front: side, back: side }).meta({ id: 'CardTemplate' });

export const cardSides = ['front', 'back'] as const;
export type CardSide = (typeof cardSides)[number];

/** A layout that was read by `readTemplate`. */
export type CardTemplate = z.output<typeof cardTemplateSchema>;
/** A layout as it is written and stored: what has a default may be left out. */
export type WrittenTemplate = z.input<typeof cardTemplateSchema>;

export type Element = z.output<typeof element>;
export type TextElement = z.output<typeof text>;
export type PhotoElement = z.output<typeof photo>;
export type BarcodeElement = z.output<typeof barcode>;
export type Box = z.output<typeof box>;
export type Fill = z.output<typeof fill>;
export type Stroke = z.output<typeof stroke>;

/**
 * Reads a stored or received layout. Whether its elements fit on the card is `checkTemplate`'s to say.
 * @throws ProductError `layout-invalid`, naming every wrong member
 */
export function readTemplate(json: unknown): CardTemplate {
  const result = cardTemplateSchema.safeParse(json);
  if (!result.success) throw layoutInvalid(fieldErrors('template', result.error));
  return result.data;
}

/** @param errors each with the path of an element, such as `front.elements.2` */
export function layoutInvalid(errors: readonly FieldError[]): ProductError {
  const sentences = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ProductError('layout-invalid', `The layout cannot be used. ${sentences}.`, { errors });
}
