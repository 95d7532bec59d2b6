import ipp, { type Attribute } from 'ipp-encoder';

const tags = ipp.CONSTANTS;

/** Value tags of collections, which ipp-encoder does not name. Source: RFC 8010, 3.5.2. */
const collectionTags = { begin: 0x34, end: 0x37, memberName: 0x4a } as const;

/** One operation on a printer, without what every request has in common. */
export interface IppRequest {
  readonly operation: number;
  readonly operationAttributes?: readonly Attribute[];
  readonly jobAttributes?: readonly Attribute[];
  readonly document?: Buffer;
}

export const keyword = (name: string, value: string | readonly string[]): Attribute => ({
  tag: tags.KEYWORD,
  name,
  value,
});
export const integer = (name: string, value: number): Attribute => ({ tag: tags.INTEGER, name, value });
export const boolean = (name: string, value: boolean): Attribute => ({ tag: tags.BOOLEAN, name, value });
export const jobName = (value: string): Attribute => ({ tag: tags.NAME_WITHOUT_LANG, name: 'job-name', value });
export const mimeType = (name: string, value: string): Attribute => ({ tag: tags.MIME_MEDIA_TYPE, name, value });

/**
 * `media-col` with nothing but a size. A collection is written as a run of values without names, which is how
 * ipp-encoder, that knows no collections, can write one.
 * @param width in hundredths of a millimetre, as is `length`
 */
export function mediaOfSize(width: number, length: number): Attribute[] {
  const begin = (name: string): Attribute => ({ tag: collectionTags.begin, name, value: '' });
  const end: Attribute = { tag: collectionTags.end, name: '', value: '' };
  const member = (value: string): Attribute => ({ tag: collectionTags.memberName, name: '', value });
  return [
    begin('media-col'),
    member('media-size'),
    begin(''),
    member('x-dimension'),
    integer('', width),
    member('y-dimension'),
    integer('', length),
    end,
    end,
  ];
}

/** The bytes of a request in IPP/1.1, which every printer of 2.x takes as well. */
export function encodeRequest(request: IppRequest, requestId: number, printerUri: string, user: string): Buffer {
  const operation: Attribute[] = [
    { tag: tags.CHARSET, name: 'attributes-charset', value: 'utf-8' },
    { tag: tags.NATURAL_LANG, name: 'attributes-natural-language', value: 'en' },
    { tag: tags.URI, name: 'printer-uri', value: printerUri },
    ...(request.operationAttributes ?? []),
    { tag: tags.NAME_WITHOUT_LANG, name: 'requesting-user-name', value: user },
  ];
  const job = request.jobAttributes ?? [];
  const message = {
    operationId: request.operation,
    requestId,
    groups: [
      { tag: tags.OPERATION_ATTRIBUTES_TAG, attributes: operation },
      ...(job.length === 0 ? [] : [{ tag: tags.JOB_ATTRIBUTES_TAG, attributes: job }]),
    ],
    ...(request.document !== undefined && { data: request.document }),
  };
  // Into a buffer of ours: the package's own is made by a constructor that Node warns of.
  return ipp.request.encode(message, Buffer.alloc(ipp.request.encodingLength(message)));
}
