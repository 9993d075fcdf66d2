/** What a worker brings for PDF: fonts and, by tenant, titles and logos. */
export interface PdfResources {
  readonly fonts: readonly Uint8Array[];
}
