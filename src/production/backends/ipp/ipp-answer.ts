import ipp from 'ipp-encoder';

const tags = ipp.CONSTANTS;
const collection = { begin: 0x34, end: 0x37 } as const;
/** The lowest value tag; lower ones begin a group. Source: RFC 8010, 3.5.1. */
const lowestValueTag = 0x10;

export type IppValue = number | boolean | string;

/** Attributes by name. Collections, dates, ranges and resolutions are not read: nothing here needs them. */
export type IppAttributes = ReadonlyMap<string, readonly IppValue[]>;

export interface IppAnswer {
  readonly status: number;
  readonly requestId: number;
  readonly groups: readonly { readonly tag: number; readonly attributes: IppAttributes }[];
}

/**
 * Reads the answer of a printer: bytes from another program, so every length is checked. (`decode` of ipp-encoder
 * takes lengths for signed: an answer of twenty-one bytes can keep it, and with it the whole process, busy for ever.)
 * @throws RangeError when these are not the bytes of a whole answer
 */
export function readAnswer(bytes: Buffer): IppAnswer {
  const reader = new Reader(bytes);
  const version = reader.number(1);
  if (version !== 1 && version !== 2) throw new RangeError(`IPP version ${version}`);
  reader.number(1);
  const status = reader.number(2);
  const requestId = reader.number(4);
  const groups: { tag: number; attributes: Map<string, IppValue[]> }[] = [];
  let values: IppValue[] | undefined;
  let depth = 0;
  for (let tag = reader.number(1); tag !== tags.END_OF_ATTRIBUTES_TAG; tag = reader.number(1)) {
    if (tag < lowestValueTag) {
      groups.push({ tag, attributes: new Map() });
      values = undefined;
      continue;
    }
    const name = reader.text();
    const value = reader.bytes(reader.number(2));
    if (name !== '') values = valuesOf(groups.at(-1)?.attributes, name);
    if (values === undefined) throw new RangeError('a value without an attribute');
    if (tag === collection.end) depth -= 1;
    const read = depth === 0 ? readValue(tag, value) : undefined;
    if (read !== undefined) values.push(read);
    if (tag === collection.begin) depth += 1;
  }
  return { status, requestId, groups };
}

/** The first value of an attribute, if it is a number. */
export function numberOf(attributes: IppAttributes, name: string): number | undefined {
  return attributes.get(name)?.find((value) => typeof value === 'number');
}

/** The values of an attribute that are text (names, keywords, addresses), without control characters. */
export function textsOf(attributes: IppAttributes, name: string): string[] {
  const texts = attributes.get(name)?.filter((value) => typeof value === 'string') ?? [];
  return texts.map((text) => text.replace(/\p{Cc}/gu, ' ').trim());
}

/** An attribute that comes twice, as some printers have it, has the values of both. */
function valuesOf(attributes: Map<string, IppValue[]> | undefined, name: string): IppValue[] {
  const values = attributes?.get(name) ?? [];
  attributes?.set(name, values);
  return values;
}

function readValue(tag: number, value: Buffer): IppValue | undefined {
  if (tag === tags.INTEGER || tag === tags.ENUM) return value.length === 4 ? value.readInt32BE() : undefined;
  if (tag === tags.BOOLEAN) return value.length === 1 ? value[0] === 1 : undefined;
  if (tag === tags.TEXT_WITH_LANG || tag === tags.NAME_WITH_LANG) {
    const parts = new Reader(value);
    parts.text();
    return parts.text();
  }
  const isText = tag >= tags.TEXT_WITHOUT_LANG && tag <= tags.MIME_MEDIA_TYPE;
  return isText ? value.toString('utf8') : undefined;
}

/** Goes through bytes from front to back and throws where they end too early. */
class Reader {
  private offset = 0;

  constructor(private readonly all: Buffer) {}

  number(size: 1 | 2 | 4): number {
    return this.bytes(size).readUIntBE(0, size);
  }

  text(): string {
    return this.bytes(this.number(2)).toString('utf8');
  }

  bytes(size: number): Buffer {
    const taken = this.all.subarray(this.offset, this.offset + size);
    if (taken.length < size) throw new RangeError(`${size - taken.length} bytes are missing`);
    this.offset += size;
    return taken;
  }
}
