import type { VNode } from 'preact';
import { Group } from './field.js';
import type { DatasetChoice } from './request.js';

interface Props {
  readonly dataset: DatasetChoice;
  readonly chosen: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

export function Columns({ dataset, chosen, onChange }: Props): VNode {
  const names = dataset.columns.map(({ name }) => name);
  const toggle = (column: string): void => {
    onChange(names.filter((name) => (name === column) !== chosen.includes(name)));
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
        {dataset.columns.map(({ name, label }) => (
          <label key={name} class="box" title={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={() => {
                toggle(name);
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </Group>
  );
}
