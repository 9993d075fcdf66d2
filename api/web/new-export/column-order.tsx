import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { useAnnounce } from '../announce.js';
import type { DatasetChoice } from './request.js';

interface Props {
  readonly dataset: DatasetChoice;
  readonly chosen: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

type Direction = 'up' | 'down';

/** The chosen columns in file order, with buttons to move them. */
export function ColumnOrder({ dataset, chosen, onChange }: Props): VNode | null {
  const announce = useAnnounce();
  const id = useId();
  if (chosen.length < 2) return null;
  const buttonId = (column: string, direction: Direction): string => `${id}-${chosen.indexOf(column)}-${direction}`;

  const move = (column: string, direction: Direction): void => {
    const from = chosen.indexOf(column);
    const to = direction === 'up' ? from - 1 : from + 1;
    if (to < 0 || to >= chosen.length) return;
    onChange(chosen.toSpliced(from, 1).toSpliced(to, 0, column));
    announce(`${labelOf(dataset, column)} is column ${to + 1} of ${chosen.length}.`);
    // Keep the focus on the moved column's button, so that the same key moves it further.
    requestAnimationFrame(() => document.getElementById(`${id}-${to}-${direction}`)?.focus());
  };

  return (
    <details>
      <summary>Reorder columns</summary>
      <ol class="order">
        {chosen.map((column, index) => (
          <li key={column}>
            <span>{labelOf(dataset, column)}</span>
            {(['up', 'down'] as const).map((direction) => (
              <button
                key={direction}
                type="button"
                class="quiet"
                id={buttonId(column, direction)}
                aria-disabled={direction === 'up' ? index === 0 : index === chosen.length - 1}
                aria-label={`Move ${labelOf(dataset, column)} ${direction}`}
                onClick={() => {
                  move(column, direction);
                }}
              >
                {direction === 'up' ? '↑' : '↓'}
              </button>
            ))}
          </li>
        ))}
      </ol>
    </details>
  );
}

const labelOf = ({ columns }: DatasetChoice, column: string): string =>
  columns.find(({ name }) => name === column)?.label ?? column;
