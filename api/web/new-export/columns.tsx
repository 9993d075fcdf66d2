import type { VNode } from 'preact';
import { ColumnOrder } from './column-order.js';
import { Group } from './field.js';
import type { DatasetChoice } from './request.js';

interface Props {
  readonly dataset: DatasetChoice;
  readonly chosen: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

export function Columns({ dataset, chosen, onChange }: Props): VNode {
  const names = dataset.columns.filter(({ locked }) => locked !== true).map(({ name }) => name);
  const toggle = (column: string): void => {
    onChange(chosen.includes(column) ? chosen.filter((name) => name !== column) : withColumn(names, chosen, column));
  };
  return (
    <Group at="/columns" label="Columns">
      <div class="row">
        <span class="hint">
          {chosen.length} of {names.length}
        </span>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            onChange(names);
          }}
        >
          Select all
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            onChange([]);
          }}
        >
          Select none
        </button>
      </div>
      <div class="boxes">
        {dataset.columns.map(({ name, label, description, locked = false, masked = false, reason }) => (
          <label key={name} class="box" title={reason ?? description ?? name}>
            <input
              type="checkbox"
              aria-description={reason ?? description}
              checked={chosen.includes(name)}
              disabled={locked}
              onChange={() => {
                toggle(name);
              }}
            />
            <span>{masked ? `${label} (masked)` : label}</span>
          </label>
        ))}
      </div>
      <ColumnOrder dataset={dataset} chosen={chosen} onChange={onChange} />
    </Group>
  );
}

/** Inserts a column before the first chosen one that follows it in the dataset, which keeps the dataset's order. */
function withColumn(names: readonly string[], chosen: readonly string[], column: string): string[] {
  const index = chosen.findIndex((name) => names.indexOf(name) > names.indexOf(column));
  return index === -1 ? [...chosen, column] : chosen.toSpliced(index, 0, column);
}
