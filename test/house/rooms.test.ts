import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findCycle, loadedWith, readImports } from './imports.js';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe('the source layout', () => {
  const imports = readImports();

  it('has no import cycle, not even among types', () => {
    assert.equal(findCycle(imports)?.join(' → '), undefined);
  });

  it('keeps encoders out of the API process', () => {
    const loaded = loadedWith('api/main.ts', imports);
    assert.ok(loaded.has('shared/formats/index.ts'), 'the API knows the formats');
    const encoders = [...loaded].filter((module) =>
      /^shared\/formats\/\w+\/encoding\.ts$|^(pdf-lib|xlsx|fontkit|harfbuzzjs|bidi-js)$/.test(module),
    );
    assert.deepEqual(encoders, []);
    assert.ok(loadedWith('shared/formats/xlsx/encoding.ts', imports).has('xlsx'), 'packages are found');
  });

  it('has small files: at least half of them have at most 60 lines', () => {
    const files = globSync('{activities,api,shared,worker,workflows}/**/*.{ts,tsx}', { cwd: root('') });
    const lines = files
      .map((file) => readFileSync(root(file), 'utf8').split('\n').length - 1)
      .toSorted((a, b) => a - b);
    assert.ok(files.length > 300, 'the source files were found');
    const median = lines[Math.floor(lines.length / 2)] ?? Infinity;
    assert.ok(median <= 60, `the median is ${median}`);
  });

  it('matches docs/architecture.md: every path in it exists', () => {
    const text = readFileSync(root('docs/architecture.md'), 'utf8');
    const paths = [
      ...text.matchAll(/`((?:api|activities|bench|dev|docs|ops|shared|test|worker|workflows)\/[\w./-]*)`/g),
    ].map(([, path = '']) => path);
    assert.ok(paths.length > 20, 'the document names files');
    assert.deepEqual(
      paths.filter((path) => !existsSync(root(path))),
      [],
    );
  });
});
