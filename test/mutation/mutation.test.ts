import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { runCommand } from '../../dev/stack/run-command.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import { LONG } from '../support/depth.js';
import { TESTS_VARIABLE } from './mocha-runner.js';

/** The minimum percentage of mutations that a module's tests must detect. */
const LEAST_PERCENT = 95;
const LIMIT_MS = 30 * 60_000;
const ROOT = resolve(LOCAL_DIR, '..');

/** Each module of the pure core, and the tests that must detect its mutations. */
const CORE: Readonly<Record<string, readonly string[]>> = {
  'shared/plan/pieces.ts': ['shared/plan/pieces'],
  'shared/plan/part-numbers.ts': ['shared/plan/part-numbers'],
  'shared/plan/segments.ts': ['shared/plan/segments'],
  'shared/plan/segment-modes.ts': ['shared/plan/segment-modes'],
  'shared/plan/cheapest-rerun.ts': ['shared/plan/cheapest-rerun'],
  'shared/plan/crc32.ts': ['shared/plan/crc32'],
  'workflows/slots.ts': ['workflows/slots-properties'],
  'shared/network/address-rule.ts': ['shared/network/address-rule'],
  'shared/request/relative-range.ts': ['shared/request/relative-range'],
  'shared/datasets/query.ts': [
    ...['shared/datasets/query', 'shared/datasets/query-text', 'shared/datasets/filters', 'shared/datasets/sort'],
  ],
  'shared/datasets/filter-condition.ts': ['shared/datasets/query', 'shared/datasets/filters'],
  'shared/job/lifecycle.ts': ['shared/job/lifecycle', 'shared/job/job-events'],
};

const mutantSchema = z.object({
  mutatorName: z.string(),
  replacement: z.string().optional(),
  status: z.enum(['Killed', 'Survived', 'NoCoverage', 'CompileError', 'RuntimeError', 'Timeout', 'Ignored', 'Pending']),
  location: z.object({ start: z.object({ line: z.number(), column: z.number() }) }),
});
const reportSchema = z.object({ files: z.record(z.string(), z.object({ mutants: z.array(mutantSchema) })) });
type Mutant = z.infer<typeof mutantSchema>;

/** Has Stryker apply every mutation to a module, one at a time, and run the tests on each. */
async function mutants(module: string, tests: readonly string[]): Promise<Mutant[]> {
  const [node, stryker] = [process.execPath, join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js')];
  const args = ['--import', './dev/typescript.mjs', stryker, 'run', 'test/mutation/stryker.config.mjs', '-m', module];
  const files = tests.map((test) => `test/${test}.test.ts`).join(',');
  const env = { ...process.env, EXPORT_TESTS: '', [TESTS_VARIABLE]: files };
  const { ok, output } = await runCommand(node, args, { cwd: ROOT, env, timeoutMs: LIMIT_MS });
  assert.ok(ok, output);
  const report = reportSchema.parse(JSON.parse(await readFile(join(LOCAL_DIR, 'mutation.json'), 'utf8')));
  return report.files[module]?.mutants ?? [];
}

if (LONG) {
  describe('tests detect mutations of', function () {
    this.timeout(LIMIT_MS);

    for (const [module, tests] of Object.entries(CORE)) {
      it(module, async () => {
        const all = await mutants(module, tests);
        const noticed = all.filter(({ status }) => status === 'Killed' || status === 'Timeout');
        const missed = all.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
        const percent = (100 * noticed.length) / (noticed.length + missed.length);
        const lines = missed.map(({ mutatorName, replacement = '', location: { start } }) => {
          const code = replacement.replace(/\s+/g, ' ').slice(0, 100);
          return `${module}:${start.line}:${start.column} ${mutatorName}: ${code}`;
        });
        console.log([`      ${percent.toFixed(1)}% of ${noticed.length + missed.length}`, ...lines].join('\n      '));
        assert.ok(percent >= LEAST_PERCENT, `${percent}%`);
      });
    }
  });
}
