import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { serve } from '../../api/server.js';
import { UsageError } from '../../shared/process/command-line.js';
import { ConfigError } from '../../shared/startup/config.js';
import { loadDatasets } from '../../shared/datasets/load.js';
import { checkDataset, createRegistry } from '../../shared/datasets/index.js';
import { orders } from '../../shared/datasets/orders.js';
import { messageOf } from '../../shared/errors.js';
import { pdfPositions } from '../../shared/formats/pdf/position.js';
import { stack } from '../support/stack.js';
import { parseWorkerArguments } from '../../worker/arguments.js';
import { MetricsPortError, serveMetrics } from '../../shared/process/metrics-server.js';
import { runCopies } from '../../worker/copies.js';
import { assertDocumented } from './error-docs.js';

/** Errors that keep a process from starting, and that a test can cause without a running service. */
export function startErrorsWithoutServices(): void {
  it('invalid command lines, and worker processes that exit unexpectedly', async () => {
    const refused = (...args: string[]): string => {
      try {
        parseWorkerArguments(args);
      } catch (error) {
        assert(error instanceof ConfigError || error instanceof UsageError);
        assertDocumented(error.message);
        return error.message;
      }
      return assert.fail(args.join(' '));
    };
    assert.equal(refused('--role', 'dta'), '--role must be one of control, data, all.');
    assert.equal(refused('--processes', '0'), '--processes must be a whole number from 1 to 64.');
    assert.equal(refused('--copies', '2'), "Unknown option '--copies'.");
    assert.equal(refused('data'), "Unexpected argument 'data'.");

    const file = join(stack().logDir, 'ends.mjs');
    await writeFile(file, 'process.exit(3);');
    const logger = pino({ level: 'silent' });
    const never = new Promise<void>(() => undefined);
    const error: unknown = await runCopies({ file, args: [], count: 2 }, never, logger).catch((e: unknown) => e);
    assert.match(
      assertDocumented(messageOf(error)) && messageOf(error),
      /^Worker process \d+ exited unexpectedly \(code 3\)/,
    );
  });

  it('a port for metrics that another process uses', async () => {
    const at = { host: '127.0.0.1', port: Number(new URL(stack().env.S3_ENDPOINT).port) };
    const error: unknown = await serveMetrics(() => Promise.resolve(''), at).catch((reason: unknown) => reason);
    assert.ok(error instanceof MetricsPortError);
    assert.match(assertDocumented(error.message), /^Can't serve metrics/);
  });

  it('a datasets module that cannot work', async () => {
    const sentence = async (path: string): Promise<string> => {
      const error: unknown = await loadDatasets(path).catch((reason: unknown) => reason);
      return assertDocumented(messageOf(error));
    };
    assert.match(await sentence('./nothing.mjs'), /cannot be loaded/);
    assert.match(await sentence('shared/temporal/tuning.ts'), /must have an array/);
    const careless = await uncheckedModule('careless.mjs', [
      { name: 'orders', title: 'Orders', table: 'orders', key: ['id'] },
    ]);
    assert.match(await sentence(careless), /dataset \{name\} is invalid/);
    const shared = await uncheckedModule('shared.mjs', [
      { ...{ name: 'orders', title: 'Orders', table: 'orders', key: ['id'] }, columns: { id: { type: 'bigint' } } },
    ]);
    assert.match(await sentence(shared), /it has no tenantColumn/);
    assert.throws(
      () => createRegistry([orders, orders]),
      (error) => assertDocumented(messageOf(error)) !== '',
    );
    assert.throws(
      () => checkDataset({ ...orders, key: [] }),
      (error) => assertDocumented(messageOf(error)) !== '',
    );
    assert.throws(
      () => createRegistry(Array.from({ length: 501 }, (_, index) => ({ ...orders, name: `orders_${index}` }))),
      (error) => assertDocumented(messageOf(error)) !== '',
    );
  });

  it('more rows than a PDF can hold', () => {
    assert.throws(
      () => pdfPositions([{ rows: 1_000_000_000, member: 0 }], 50, false),
      (error) => assertDocumented(messageOf(error)) !== '',
    );
  });

  it('a port that is in use', async () => {
    const taken = await serve(() => undefined, { host: '127.0.0.1', port: 0 });
    const error: unknown = await serve(() => undefined, { host: '127.0.0.1', port: taken.port }).catch(
      (e: unknown) => e,
    );
    assertDocumented(messageOf(error));
    await taken.close(0);
  });
}

/** Writes a datasets module that the compiler never checked. */
export async function uncheckedModule(name: string, datasets: readonly object[]): Promise<string> {
  const file = join(stack().logDir, name);
  await writeFile(file, `export default ${JSON.stringify(datasets)};`);
  return file;
}
