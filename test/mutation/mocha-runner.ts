import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type CompleteDryRunResult,
  type DryRunOptions,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner';
import Mocha from 'mocha';
import { resolve } from 'node:path';

/** Environment variable with the test files to run, separated by commas. */
export const TESTS_VARIABLE = 'EXPORT_MUTATION_TESTS';

/** Where the instrumented code looks up the active mutant, and records its coverage. */
const NAMESPACE = INSTRUMENTER_CONSTANTS.NAMESPACE;
const holder = globalThis as { [NAMESPACE]?: InstrumenterContext };
const context = (holder[NAMESPACE] ??= {});

/**
 * Runs test files with mocha. Stryker's own runner doesn't find the modules of mocha 12, and its option `testFiles`
 * misses changes of constants, because it takes the names for test titles.
 */
class MochaRunner implements TestRunner {
  private readonly mocha = new Mocha({ timeout: 0, bail: true, reporter: Mocha.reporters.Base });
  private isLoaded = false;

  constructor() {
    this.mocha.cleanReferencesAfterRun(false);
    const tests = process.env[TESTS_VARIABLE];
    if (tests === undefined) throw new Error(`${TESTS_VARIABLE} must name the test files.`);
    for (const file of ['test/mutation/same-cases.ts', ...tests.split(',')]) this.mocha.addFile(resolve(file));
  }

  capabilities() {
    // Node.js imports a module only once per process.
    return { reloadEnvironment: false };
  }

  async dryRun({ coverageAnalysis }: DryRunOptions): Promise<DryRunResult> {
    if (coverageAnalysis === 'perTest') {
      this.mocha.suite.beforeEach(function () {
        const test = this.currentTest?.fullTitle();
        if (test !== undefined) context.currentTestId = test;
      });
    }
    await this.load();
    const result = await this.run();
    return context.mutantCoverage === undefined ? result : { ...result, mutantCoverage: context.mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, mutantActivation, testFilter } = options;
    Object.assign(context, { hitLimit, hitCount: hitLimit === undefined ? undefined : 0 });
    if (mutantActivation === 'static') context.activeMutant = activeMutant.id;
    await this.load();
    context.activeMutant = activeMutant.id;
    const titles = testFilter?.map((title) => `^${title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);
    this.mocha.grep(new RegExp(titles?.join('|') ?? ''));
    const result = await this.run();
    return toMutantRunResult(determineHitLimitReached(context.hitCount, context.hitLimit) ?? result);
  }

  dispose(): Promise<void> {
    this.mocha.dispose();
    return Promise.resolve();
  }

  private async load(): Promise<void> {
    if (!this.isLoaded) await this.mocha.loadFilesAsync();
    this.isLoaded = true;
  }

  private run(): Promise<CompleteDryRunResult> {
    const tests: TestResult[] = [];
    return new Promise((done) => {
      const runner = this.mocha.run(() => {
        done({ status: DryRunStatus.Complete, tests });
      });
      const about = (test: Mocha.Runnable) => {
        const title = test.ctx?.currentTest?.fullTitle() ?? test.fullTitle();
        return { id: title, name: title, timeSpentMs: test.duration ?? 0 };
      };
      runner.on('pass', (test) => tests.push({ ...about(test), status: TestStatus.Success }));
      runner.on('fail', (test, error: unknown) =>
        tests.push({ ...about(test), status: TestStatus.Failed, failureMessage: String(error) }),
      );
    });
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'mocha', MochaRunner)];
