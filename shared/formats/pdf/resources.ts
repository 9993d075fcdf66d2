import type { PDFRawStream } from 'pdf-lib';
import type { Faces } from './faces.js';
import type { Shaper } from './shaping/shaper.js';

/** A worker's resources for PDF. Fonts are opened when the first PDF needs them. */
export interface PdfResources {
  readonly fonts: () => PdfFonts;
  /** Branding by tenant id. */
  readonly brandingOf: (tenantId: string) => Branding;
}

export interface PdfFonts {
  /** Identifies the font files. */
  readonly identity: string;
  /** Fonts for rows. */
  readonly body: Faces;
  /** Fonts for titles: a bold one, then those for rows. */
  readonly heading: Faces;
  /** Shapes text in all of these fonts. */
  readonly shaper: Shaper;
}

export interface Branding {
  readonly title?: string;
  readonly logo?: Logo;
}

export interface Logo {
  readonly identity: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly image: PDFRawStream;
  /** Alpha channel. */
  readonly mask?: PDFRawStream;
}
