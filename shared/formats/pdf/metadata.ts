import { createHash } from 'node:crypto';
import type { PDFHexString, PDFRef } from 'pdf-lib';
import { oneLine } from '../../text/one-line.js';
import type { BareOutline } from '../encoding.js';
import type { ObjectFile } from './objects.js';
import { pdfLib } from './pdf-lib.js';

/** The file's metadata, all derived from the plan. */

const PRODUCER = 'export-service';
/** Language of the service's own text; the language of the rows is unknown. */
export const LANGUAGE = 'en';

export function putInfo(file: ObjectFile, { about }: BareOutline, title: string): PDFRef {
  const { PDFHexString, PDFString } = pdfLib();
  const date = PDFString.of(`D:${about.plannedAt.replace(/\D/g, '').slice(0, 14)}Z`);
  return file.add({
    Title: PDFHexString.fromText(oneLine(title)),
    Author: PDFHexString.fromText(oneLine(about.email ?? about.userId)),
    ...{ Creator: PDFString.of(PRODUCER), Producer: PDFString.of(PRODUCER), CreationDate: date, ModDate: date },
  });
}

const escapeXml = (text: string): string =>
  oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** XMP, for readers that index files. */
export function putMetadata(file: ObjectFile, { about }: BareOutline, title: string): PDFRef {
  const author = escapeXml(about.email ?? about.userId);
  const xmp = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>${LANGUAGE}</rdf:li></rdf:Bag></dc:language>
<dc:identifier>urn:uuid:${about.jobId}</dc:identifier>
<xmp:CreateDate>${about.plannedAt}</xmp:CreateDate><xmp:ModifyDate>${about.plannedAt}</xmp:ModifyDate>
<xmp:CreatorTool>${PRODUCER}</xmp:CreatorTool><pdf:Producer>${PRODUCER}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;
  const { PDFRawStream } = pdfLib();
  return file.add(PDFRawStream.of(file.dict({ Type: 'Metadata', Subtype: 'XML' }), Buffer.from(xmp)));
}

/** Both ids are equal, because the file has never been modified. */
export function fileId({ about }: BareOutline): [PDFHexString, PDFHexString] {
  const { PDFHexString } = pdfLib();
  const id = createHash('sha256').update(`${about.jobId} ${about.plannedAt}`).digest('hex').slice(0, 32);
  return [PDFHexString.of(id), PDFHexString.of(id)];
}
