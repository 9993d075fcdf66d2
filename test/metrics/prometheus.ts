import assert from 'node:assert/strict';

/** A metric in a scrape. */
export interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Names that a query can use; a histogram has three. */
  readonly samples: readonly string[];
  /** Names of labels in any sample, except the one for buckets. */
  readonly labels: readonly string[];
}

/** Parses Prometheus' text format. */
export function metricsIn(text: string): Metric[] {
  return [...text.matchAll(/^# HELP (\w+) (.*)\n# TYPE \w+ (\w+)$/gm)].map(([, name = '', help = '', type = '']) => {
    const samples = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
    const lines = [...text.matchAll(new RegExp(`^(?:${samples.join('|')}){([^}]*)}`, 'gm'))];
    const labels = new Set(
      lines.flatMap(([, inside = '']) => [...inside.matchAll(/(\w+)="/g)].map(([, label = '']) => label)),
    );
    labels.delete('le');
    return { name, type, help, samples, labels: [...labels] };
  });
}

/** The value of the only sample with these labels; the test fails if there is none. */
export function sampleOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const line = text.split('\n').find((one) => {
    if (one !== name && !one.startsWith(`${name}{`) && !one.startsWith(`${name} `)) return false;
    return Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`));
  });
  assert.ok(line, `${name} ${JSON.stringify(labels)} in:\n${text}`);
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}

export interface Expression {
  readonly expression: string;
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

const WORDS = /\b(?:up|(?:export|temporal|nodejs|process)_\w+)\b/g;

/** The PromQL expressions in a dashboard (JSON) or in rules (YAML). */
export function expressionsOf(file: string): Expression[] {
  const json = [...file.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, text = '']) => String(JSON.parse(text)));
  const yaml = [...file.matchAll(/^ +expr: (?:>-\n)?([^]*?)\n +(?:for|labels):/gm)].map(([, text = '']) => text);
  return [...json, ...yaml].map((expression) => {
    const matchers = [...expression.matchAll(/{([^}]*)}/g)].flatMap(([, inside = '']) => [
      ...inside.matchAll(/(\w+)(?==|!=)/g),
    ]);
    const groups = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inside = '']) => inside.split(/,\s*/));
    const withoutLabels = expression.replace(/{[^}]*}|\bby \([^)]*\)/g, '');
    return {
      expression,
      metrics: withoutLabels.match(WORDS) ?? [],
      labels: [...matchers.map(([, label = '']) => label), ...groups],
    };
  });
}
