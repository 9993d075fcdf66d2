import { pdfLib } from './pdf-lib.js';
import type { Logo } from './resources.js';

/** Thrown if the file is not a valid image; the message is the end of a sentence. */
export class LogoError extends Error {
  override readonly name = 'LogoError';
}

const PNG = '89504e47';
const JPEG = 'ffd8ff';

/** Decodes a PNG or JPEG. @throws LogoError */
export async function openLogo(bytes: Buffer): Promise<Omit<Logo, 'identity'>> {
  const { JpegEmbedder, PDFContext, PDFName, PDFRawStream, PngEmbedder } = pdfLib();
  const begin = bytes.toString('hex', 0, 4);
  if (begin !== PNG && !begin.startsWith(JPEG)) throw new LogoError('is not a PNG or JPEG picture');
  const embedder = begin === PNG ? await PngEmbedder.for(bytes) : await JpegEmbedder.for(bytes);
  const context = PDFContext.create();
  const image = context.lookup(await embedder.embedIntoContext(context));
  if (!(image instanceof PDFRawStream)) throw new LogoError('has no pixels');
  const mask = context.lookup(image.dict.get(PDFName.of('SMask')));
  return {
    ...{ width: embedder.width, height: embedder.height, image },
    ...(mask instanceof PDFRawStream ? { mask } : {}),
  };
}
