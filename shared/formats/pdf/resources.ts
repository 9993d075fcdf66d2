import type { PDFRawStream } from 'pdf-lib';
import type { Faces } from './faces.js';
import type { Shaper } from './shaping/shaper.js';

/** What a worker brings for PDF. Fonts are opened when the first PDF needs them. */
export interface PdfResources {
  readonly fonts: () => PdfFonts;
  /** By the tenant's id. */
  readonly brandingOf: (tenantId: string) => Branding;
}

export interface PdfFonts {
  /** Which files they are. */
  readonly identity: string;
  /** Of the rows. */
  readonly body: Faces;
  /** Of titles: a bold one first, then those of the rows. */
  readonly heading: Faces;
  /** Of both. */
  readonly shaper: Shaper;
}

export interface Branding {
  readonly title?: string;
  readonly logo?: Logo;
}

export interface Logo {
  readonly identity: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly image: PDFRawStream;
  /** How opaque its pixels are. */
  readonly mask?: PDFRawStream;
}
