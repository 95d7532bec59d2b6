import PDFDocument from 'pdfkit';

/** In every file the same: pdfkit makes the file id from it. */
const noDate = new Date(0);

/**
 * Makes a PDF whose bytes depend on nothing but what is drawn; nothing in it says when, where or for whom it was made.
 * @param draw adds the pages
 */
export async function pdfBytes(draw: (document: PDFKit.PDFDocument) => void): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false, info: { CreationDate: noDate } });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
    document.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
  });
  draw(document);
  document.end();
  return done;
}
