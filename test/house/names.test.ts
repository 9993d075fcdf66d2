import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const FILES = '{activities,api,bench,dev,shared,test,worker,workflows}/**/*.{ts,tsx}';
/** Programs that use generated code. */
const GENERATED = 'test/clients/programs/**';

/** Names that several files may export, with the reason. */
const SHARED: Readonly<Record<string, string>> = {
  interceptors: 'the SDK looks for the interceptors of a workflow bundle under this name',
  eraseUser: 'a route, and the activity that does the work, whose name is in recorded histories',
};

const EXPORT = /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;

describe('an exported name', () => {
  it('is exported by only one file of the service, its local stack, benchmarks and tests, so it has one meaning', () => {
    const exporters = new Map<string, Set<string>>();
    for (const file of globSync(FILES, { cwd: ROOT, exclude: [GENERATED] })) {
      for (const [, name = ''] of readFileSync(`${ROOT}/${file}`, 'utf8').matchAll(EXPORT)) {
        exporters.set(name, (exporters.get(name) ?? new Set()).add(file));
      }
    }
    assert.ok(exporters.size > 500, 'the files are read');
    const twice = [...exporters].filter(([, files]) => files.size > 1);
    assert.deepEqual(
      twice
        .filter(([name]) => !Object.hasOwn(SHARED, name))
        .map(([name, files]) => `${name}: ${[...files].join(', ')}`),
      [],
    );
    const names = new Set(twice.map(([name]) => name));
    assert.deepEqual(
      Object.keys(SHARED).filter((name) => !names.has(name)),
      [],
      'an exception that is no longer needed',
    );
  });
});
