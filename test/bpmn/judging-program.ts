/** A thread that judges uploads, one after the other, as the gate's does: started once, since it is compiled as it loads. */
import { parentPort } from 'node:worker_threads';
import { readFiles } from '../../src/variants/deployments/read-upload.js';
import { judgeUpload } from '../../src/variants/deployments/judge.js';
import { ProductError } from '../../src/kernel/errors.js';

interface UploadedFile {
  readonly name: string;
  readonly content: Uint8Array;
}

parentPort?.on('message', (files: readonly UploadedFile[]) => {
  const begin = performance.now();
  void judge(files).then((findings) => parentPort?.postMessage({ findings, milliseconds: performance.now() - begin }));
});

async function judge(files: readonly UploadedFile[]) {
  try {
    const parts = files.map(({ name, content }) => ({ name, content: Buffer.from(content) }));
    return (await judgeUpload(readFiles(parts), { deployed: [], newest: [], ownGroups: [] })).findings;
  } catch (raw) {
    const rule = raw instanceof ProductError ? 'upload' : 'crash';
    return files.map(({ name }) => ({ file: name, element: name.replace(/\.\w+$/, ''), rule, message: String(raw) }));
  }
}
