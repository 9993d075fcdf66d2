import { TEMPORAL_SERVER_VERSION } from '../../dev/temporal-server/programs.js';
import type { Lab } from '../lab.js';
import type { BenchOptions } from '../options.js';
import { fairnessRow } from '../rows/fairness.js';
import { latencyRow } from '../rows/latency.js';
import { loadRow } from '../rows/load.js';
import type { Clients, Row } from '../rows/row.js';
import { onCluster } from './on-cluster.js';
import { rushRow } from './rush-row.js';
import { setupTable, type Setup } from './table.js';

/**
 * Measures everything that depends on Temporal, on the dev server and on real servers with PostgreSQL, one after the
 * other; and a thousand simultaneous exports on the real ones.
 */
export const clusterRow: Row = async (lab, options, clients) => {
  const setups = [await measureSetup('dev server', lab, options, clients)];
  for (const shards of options.shards) {
    const title = `${shards} shards`;
    const setup = await onCluster(lab, shards, async (cluster) => {
      const { reports } = await measureSetup(title, cluster, options, clients);
      const rush = await rushRow(cluster, options);
      return { title, reports: [...reports, rush], rush };
    });
    setups.push(setup);
  }
  return {
    name: `cluster-${options.shards.join('-')}`,
    title: `Temporal's dev server compared with Temporal ${TEMPORAL_SERVER_VERSION} with PostgreSQL`,
    table: setupTable(setups),
    verdicts: setups.flatMap(({ title, reports }) =>
      reports.flatMap(({ verdicts }) => verdicts.map((found) => ({ ...found, what: `${title}: ${found.what}` }))),
    ),
    results: {
      temporalServer: TEMPORAL_SERVER_VERSION,
      setups: setups.map(({ title, reports }) => ({
        title,
        ...Object.fromEntries(reports.map(({ name, results }) => [name, results])),
      })),
    },
  };
};

async function measureSetup(title: string, lab: Lab, options: BenchOptions, clients: Clients): Promise<Setup> {
  lab.progress.line(`\n${title}`);
  const reports = [];
  for (const row of [latencyRow, loadRow, fairnessRow]) reports.push(await row(lab, options, clients));
  return { title, reports };
}
