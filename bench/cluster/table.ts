import { align } from '../report.js';
import type { RowReport } from '../rows/row.js';
import type { Verdict } from '../verdicts.js';
import type { RushReport } from './rush-row.js';

/** Results on one Temporal server. */
export interface Setup {
  readonly title: string;
  readonly reports: readonly RowReport[];
  /** A thousand simultaneous exports, if they were measured. */
  readonly rush?: RushReport;
}

/** A table with one row per figure and one column per server. */
export function setupTable(setups: readonly Setup[]): string {
  const promises = new Set(setups.flatMap((setup) => verdictsOf(setup).map(({ what }) => what)));
  const verdictRows = [...promises].map((promise) => [
    promise,
    ...setups.map((setup) => shown(verdictsOf(setup).find(({ what }) => what === promise))),
  ]);
  const line = (what: string, figure: Figure): string[] => [
    what,
    ...setups.map(({ rush }) => (rush === undefined ? '–' : figure(rush))),
  ];
  const measurements = new Set(setups.flatMap(({ reports }) => reports.map(({ name }) => name)));
  const processes = new Set(setups.flatMap(({ rush }) => Object.keys(rush?.results.reading.cpu ?? {})));
  return align([
    ['', ...setups.map(({ title }) => title)],
    ...verdictRows,
    ...[...measurements].map((name) => [
      `others, % of the machine: ${name}`,
      ...setups.map(({ reports }) => shareOf(reports.find((report) => report.name === name))),
    ]),
    ...RUSH_FIGURES.map(([what, figure]) => line(what, figure)),
    ...[...processes].map((name) => line(`CPU s (most cores) of ${name}`, (report) => cpuOfRush(report, name))),
  ]);
}

const shareOf = (report: RowReport | undefined): string =>
  report?.others === undefined ? '–' : (100 * report.others).toFixed(0);

type Figure = (report: RushReport) => string;

const verdictsOf = ({ reports }: Setup): readonly Verdict[] => reports.flatMap(({ verdicts }) => verdicts);

const shown = (found: Verdict | undefined): string =>
  found === undefined ? '–' : `${found.met ? '' : '✗ '}${found.figure.toFixed(found.digits)} ${found.unit}`.trimEnd();

const RUSH_FIGURES: readonly (readonly [what: string, figure: Figure])[] = [
  ['all at once: seconds until the last is COMPLETED', ({ results: { rush } }) => rush.seconds.toFixed(1)],
  ['seconds until the last is admitted', ({ results: { rush } }) => (rush.admission.worst / 1000).toFixed(1)],
  ['POST answered, median ms', ({ results: { rush } }) => rush.post.p50.toFixed(0)],
  ['POST answered, 99% ms', ({ results: { rush } }) => rush.post.p99.toFixed(0)],
  ['POST answered 503, and retried', ({ results: { rush } }) => String(rush.unavailable)],
  ['admitted, including retries, median s', ({ results: { rush } }) => (rush.admission.p50 / 1000).toFixed(1)],
  ['admitted, including retries, 99% s', ({ results: { rush } }) => (rush.admission.p99 / 1000).toFixed(1)],
];

function cpuOfRush({ results: { reading, samples } }: RushReport, name: string): string {
  const spent = reading.cpu[name];
  if (spent === undefined) return '–';
  const most = Math.max(0, ...samples.map(({ cores }) => cores[name] ?? 0));
  return `${spent.toFixed(1)} (${most.toFixed(2)})`;
}
