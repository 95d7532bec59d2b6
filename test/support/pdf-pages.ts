import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';

/**
 * The pages of a PDF as they look on paper, as PNG pictures in the order of the document.
 * @param size of each picture in pixels; the page is stretched to it
 */
export async function pagesOfPdf(
  pdf: Buffer,
  size: { readonly width: number; readonly height: number },
): Promise<Buffer[]> {
  const library = await PDFiumLibrary.init();
  try {
    const document = await library.loadDocument(pdf);
    const pictures: Buffer[] = [];
    for (const page of document.pages()) {
      const { data, width, height } = await page.render({ ...size, render: 'bitmap', colorSpace: 'Gray' });
      pictures.push(
        await sharp(data, { raw: { width, height, channels: 1 } })
          .png()
          .toBuffer(),
      );
    }
    document.destroy();
    return pictures;
  } finally {
    library.destroy();
  }
}
