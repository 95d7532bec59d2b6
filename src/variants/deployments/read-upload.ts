import { Busboy } from '@fastify/busboy';
import type { IncomingHttpHeaders } from 'node:http';
import { ProductError } from '../../kernel/errors.js';
import type { ModelFile } from '../../process/model-checks/index.js';
import { isFileName, readText, uploadLimits } from './upload-limits.js';

/** What Camunda Modeler sends: files, and what it says about them. */
export interface ReadUpload {
  readonly files: readonly ModelFile[];
  /** `enable-duplicate-filtering` */
  readonly onlyChanged: boolean;
}

/** Fields that say nothing we need, or that we leave out: `deploy-changed-only` would leave bound forms behind. */
const ignoredFields = ['deployment-name', 'deployment-source', 'deploy-changed-only'];
const duplicateFiltering = 'enable-duplicate-filtering';

interface Part {
  readonly name: string;
  readonly content: Buffer;
}

interface Parts {
  readonly files: readonly Part[];
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Reads the multipart body of a deployment.
 * @param body all of it, no longer than `uploadLimits.bytes`
 * @throws ProductError `invalid-request`, `payload-too-large`, `unsupported-media-type`
 */
export async function readMultipart(headers: IncomingHttpHeaders, body: Buffer): Promise<ReadUpload> {
  const { files, fields } = await readParts(headers, body);
  const unknown = [...fields.keys()].find(
    (name) => ![...ignoredFields, duplicateFiltering, 'tenant-id'].includes(name),
  );
  if (unknown !== undefined)
    throw refused(`The field ${quoted(unknown)} is not known here: send diagrams and forms as files.`);
  if ((fields.get('tenant-id') ?? '') !== '') throw refused('There are no tenants here: leave the tenant ID empty.');
  return { files: readFiles(files), onlyChanged: fields.get(duplicateFiltering) === 'true' };
}

/**
 * Names and contents of files as they may be judged.
 * @throws ProductError `invalid-request`, `payload-too-large`
 */
export function readFiles(files: readonly Part[]): ModelFile[] {
  if (files.length === 0) throw refused('There is no file: send a diagram, with its forms where they have changed.');
  if (files.length > uploadLimits.files) throw tooLarge(`There are more than ${uploadLimits.files} files.`);
  const names = new Set<string>();
  return files.map(({ name, content }) => {
    if (!isFileName(name)) {
      throw refused(
        `${quoted(name)} is no name for a diagram or form: use letters, digits, - and _ before .bpmn or .form.`,
      );
    }
    if (names.has(name)) throw refused(`There are two files called ${quoted(name)}: send each once.`);
    names.add(name);
    if (content.length > uploadLimits.fileBytes)
      throw tooLarge(`${name} is larger than ${uploadLimits.fileBytes / 1_000_000} MB.`);
    const text = readText(content);
    if (text === null) throw refused(`${name} is not UTF-8 text: save it as UTF-8 and say so in its first line.`);
    return { name, content: text };
  });
}

async function readParts(headers: IncomingHttpHeaders, body: Buffer): Promise<Parts> {
  const files: Part[] = [];
  const fields = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    const busboy = openBusboy(headers);
    const fail = (problem: ProductError) => {
      busboy.destroy();
      reject(problem);
    };
    busboy.on('file', (_field, stream, name) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => files.push({ name: name ?? '', content: Buffer.concat(chunks) }));
      stream.on('error', () => {
        fail(unreadable());
      });
    });
    busboy.on('field', (name, value) => {
      if (fields.has(name)) fail(refused(`The field ${quoted(name)} is there twice.`));
      else fields.set(name, value);
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      busboy.on(limit, () => {
        fail(tooLarge(`There are more than ${uploadLimits.files} files, or more fields than are known.`));
      });
    }
    busboy.on('error', () => {
      fail(unreadable());
    });
    busboy.on('finish', resolve);
    busboy.end(body);
  });
  return { files, fields };
}

function openBusboy(headers: IncomingHttpHeaders) {
  const type = headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw new ProductError('unsupported-media-type', 'Send the files as multipart/form-data.');
  }
  try {
    return new Busboy({
      headers: { 'content-type': type },
      // The whole name is judged, path and all, instead of its last part.
      preservePath: true,
      isPartAFile: (_field, _type, fileName) => fileName !== undefined,
      limits: {
        files: uploadLimits.files,
        fields: 10,
        parts: uploadLimits.files + 10,
        fieldSize: 1_000,
        headerPairs: 10,
        headerSize: 4_096,
      },
    });
  } catch (cause) {
    throw new ProductError('invalid-request', 'The body names no boundary between its parts.', {}, { cause });
  }
}

function unreadable(): ProductError {
  return refused('The body ends too early or is not multipart/form-data.');
}

function refused(sentence: string): ProductError {
  return new ProductError('invalid-request', sentence);
}

function tooLarge(sentence: string): ProductError {
  return new ProductError('payload-too-large', sentence);
}

/** A name of somebody else's choosing, for a sentence. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
