/** The little of ipp-encoder that we use; the package ships no types. */
declare module 'ipp-encoder' {
  export interface Attribute {
    readonly tag: number;
    readonly name: string;
    readonly value: string | number | boolean | readonly (string | number | boolean)[];
  }

  export interface Message {
    readonly requestId: number;
    readonly operationId?: number;
    readonly statusCode?: number;
    readonly groups: readonly { readonly tag: number; readonly attributes: readonly Attribute[] }[];
    readonly data?: Buffer;
  }

  interface Codec {
    encode(message: Message, into: Buffer): Buffer;
    encodingLength(message: Message): number;
    decode(bytes: Buffer): Required<Message>;
  }

  const ippEncoder: {
    readonly CONSTANTS: Readonly<Record<ConstantName, number>>;
    readonly request: Codec;
    readonly response: Codec;
  };
  export default ippEncoder;

  type ConstantName =
    | 'PRINT_JOB'
    | 'CANCEL_JOB'
    | 'GET_JOB_ATTRIBUTES'
    | 'GET_JOBS'
    | 'GET_PRINTER_ATTRIBUTES'
    | 'OPERATION_ATTRIBUTES_TAG'
    | 'JOB_ATTRIBUTES_TAG'
    | 'PRINTER_ATTRIBUTES_TAG'
    | 'END_OF_ATTRIBUTES_TAG'
    | 'INTEGER'
    | 'BOOLEAN'
    | 'ENUM'
    | 'TEXT_WITH_LANG'
    | 'NAME_WITH_LANG'
    | 'TEXT_WITHOUT_LANG'
    | 'NAME_WITHOUT_LANG'
    | 'KEYWORD'
    | 'URI'
    | 'CHARSET'
    | 'NATURAL_LANG'
    | 'MIME_MEDIA_TYPE';
}
