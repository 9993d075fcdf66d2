import { join } from 'node:path';
import { findBinary } from '../dev/stack/find-binary.js';
import type { Progress } from '../dev/stack/progress.js';
import { LOCAL_DIR } from '../dev/stack/stack.js';
import { benchEnvironment } from './bench-stack.js';
import { benchCsv, type Clients } from './csv-bench.js';
import { inLab } from './lab.js';
import { benchLatency } from './latency-bench.js';
import { LATENCY_ROWS } from './latency-row.js';
import { describeMachine } from './machine.js';
import type { BenchOptions } from './options.js';
import { findPsql } from './psql.js';
import { RCLONE_ARGS, rcloneBinary } from './rclone.js';
import { scoreTable, verdictTable } from './report.js';
import { SEGMENTS_IN_FLIGHT } from './service.js';
import { verdictsOfCsv, verdictsOfLatency } from './verdicts.js';
import { writeResults } from './write-results.js';

/** Measures the rows of the table that were asked for, prints them and keeps them. */
export async function runBench(options: BenchOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  const { rows, only } = options;
  await inLab(progress, signal, async (lab) => {
    const clients = await findClients(progress, signal);
    const machine = await describeMachine(lab.stack, clients);
    const settings = { ...options, segmentsInFlight: SEGMENTS_IN_FLIGHT, rclone: RCLONE_ARGS };
    const report = async (name: string, title: string, table: string, results: object): Promise<void> => {
      progress.line(`\n${title}\n${table}\n`);
      progress.line(`  ${await writeResults(name, { machine, settings, ...results })}`);
    };
    if (only.includes('csv')) {
      const csv = await benchCsv(lab, options, clients);
      const verdicts = verdictsOfCsv(csv.scores, rows);
      const title = `CSV, ${rows.toLocaleString('en')} rows, ${(csv.file.bytes / 1e6).toFixed(0)} MB, medians`;
      const table = `${scoreTable(csv.scores)}\n\n${verdictTable(verdicts)}`;
      await report(`csv-${rows}`, title, table, { verdicts, ...csv });
    }
    if (only.includes('latency')) {
      const latency = await benchLatency(lab, options);
      const verdicts = verdictsOfLatency(latency, LATENCY_ROWS);
      await report('latency', `Latency, ${latency.exports} exports`, verdictTable(verdicts), { verdicts, latency });
    }
  });
}

async function findClients(progress: Progress, signal: AbortSignal): Promise<Clients> {
  return progress.step('psql and rclone', async (say) => {
    const search = { cacheDir: join(LOCAL_DIR, 'bin'), environment: benchEnvironment(), say, signal };
    const clients = { psql: await findPsql(), rclone: await findBinary(rcloneBinary, search) };
    say('');
    return clients;
  });
}
