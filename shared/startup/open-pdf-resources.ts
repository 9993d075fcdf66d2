import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError, type WorkerConfig } from './config.js';
import { messageOf } from '../errors.js';
import { createFace, createLazyFace, type Face } from '../formats/pdf/face.js';
import { Faces } from '../formats/pdf/faces.js';
import { LogoError, openLogo } from '../formats/pdf/logo.js';
import type { Branding, PdfFonts, PdfResources } from '../formats/pdf/resources.js';
import { SCRIPT_FONTS } from '../formats/pdf/scripts.js';
import { Shaper } from '../formats/pdf/shaping/shaper.js';
import { openTypeface, TypefaceError } from '../formats/pdf/typeface.js';

/**
 * The first font: narrow enough for tables, with Latin, Greek, Cyrillic, Arabic, Hebrew, Georgian, Armenian and math.
 */
const BODY = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf';
const HEADING = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf';

const { resolve: findModule } = createRequire(import.meta.url);

/**
 * Reads the files in PDF_FONTS and PDF_BRANDING, so that a worker with unusable ones does not start. Built-in fonts are
 * read when the first PDF needs them.
 * @throws ConfigError
 */
export async function openPdfResources({
  PDF_FONTS: paths = [],
  PDF_BRANDING: brandingPath,
}: Partial<Pick<WorkerConfig, 'PDF_FONTS' | 'PDF_BRANDING'>>): Promise<PdfResources> {
  const more = await Promise.all(paths.map(openFont));
  const brandings = brandingPath === undefined ? new Map<string, Branding>() : await readBrandings(brandingPath);
  let fonts: PdfFonts | undefined;
  return {
    fonts: () => (fonts ??= openFonts(more)),
    brandingOf: (tenantId) => brandings.get(tenantId) ?? brandings.get('*') ?? {},
  };
}

function openFonts(more: readonly Face[]): PdfFonts {
  const [body, heading] = [BODY, HEADING].map((name) => openTypeface(readFileSync(findModule(name))));
  if (body === undefined || heading === undefined) throw new RangeError('There are two built-in fonts.');
  const all = [createFace('0', body), ...more];
  const bold = createFace('B', heading);
  const scripts = SCRIPT_FONTS.map(({ id, package: name, file, ranges }) =>
    createLazyFace(id, ranges, () => openTypeface(readFileSync(findModule(`${name}/${file}`)))),
  );
  // Package versions identify the built-in fonts, so their files need not be read yet.
  const versions = [
    ...SCRIPT_FONTS.map((font) => `${font.id}@${versionIn(findModule(`${font.package}/package.json`))}`),
    `harfbuzz@${versionIn(resolve(findModule('harfbuzzjs'), '../../package.json'))}`,
    `bidi@${versionIn(findModule('bidi-js/package.json'))}`,
  ];
  const identity = [...[bold, ...all].map(({ typeface }) => typeface.identity), ...versions].join(' ');
  const shaper = new Shaper();
  return {
    ...{ identity, shaper },
    body: new Faces(all, scripts, shaper),
    heading: new Faces([bold, ...all], scripts, shaper),
  };
}

const packageSchema = z.object({ version: z.string() });
const versionIn = (path: string): string => packageSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version;

async function openFont(path: string, index: number): Promise<Face> {
  const bytes = await read('PDF_FONTS', path);
  try {
    return createFace(String(index + 1), openTypeface(bytes));
  } catch (error) {
    const why = error instanceof TypefaceError ? error.message : `cannot be read as a font: ${messageOf(error)}`;
    throw new ConfigError(`PDF_FONTS: ${path} ${why}.`, { cause: error });
  }
}

const brandingSchema = z.record(
  z.string(),
  z.strictObject({
    title: z.string().trim().min(1).max(120).optional(),
    logo: z.string().min(1).optional(),
  }),
);

async function readBrandings(path: string): Promise<Map<string, Branding>> {
  const text = (await read('PDF_BRANDING', path)).toString();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`PDF_BRANDING: ${path} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
  const parsed = brandingSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new ConfigError(
      `PDF_BRANDING: ${path} cannot be used: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}.`,
    );
  }
  const brandings = Object.entries(parsed.data).map(async ([tenant, { title, logo }]) => {
    const branding: Branding = {
      ...(title === undefined ? {} : { title }),
      ...(logo === undefined ? {} : { logo: await openLogoFile(resolve(dirname(path), logo)) }),
    };
    return [tenant, branding] as const;
  });
  return new Map(await Promise.all(brandings));
}

async function openLogoFile(path: string) {
  const bytes = await read('PDF_BRANDING', path);
  try {
    return { ...(await openLogo(bytes)), identity: createHash('sha256').update(bytes).digest('hex').slice(0, 16) };
  } catch (error) {
    const why = error instanceof LogoError ? error.message : `cannot be read as a logo: ${messageOf(error)}`;
    throw new ConfigError(`PDF_BRANDING: ${path} ${why}.`, { cause: error });
  }
}

async function read(variable: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ConfigError(`${variable}: ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
