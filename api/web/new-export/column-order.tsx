import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { useAnnounce } from '../announce.js';
import type { DatasetChoice } from './request.js';

interface Props {
  readonly dataset: DatasetChoice;
  readonly chosen: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

type Way = 'up' | 'down';

/** The chosen columns as the file will have them, to be moved about. */
export function ColumnOrder({ dataset, chosen, onChange }: Props): VNode | null {
  const announce = useAnnounce();
  const id = useId();
  if (chosen.length < 2) return null;
  const buttonId = (column: string, way: Way): string => `${id}-${chosen.indexOf(column)}-${way}`;

  const move = (column: string, way: Way): void => {
    const from = chosen.indexOf(column);
    const to = way === 'up' ? from - 1 : from + 1;
    if (to < 0 || to >= chosen.length) return;
    onChange(chosen.toSpliced(from, 1).toSpliced(to, 0, column));
    announce(`${labelOf(dataset, column)} is column ${to + 1} of ${chosen.length}.`);
    // The focus goes along, so that the same key moves it on.
    requestAnimationFrame(() => document.getElementById(`${id}-${to}-${way}`)?.focus());
  };

  return (
    <details>
      <summary>Reorder columns</summary>
      <ol class="order">
        {chosen.map((column, index) => (
          <li key={column}>
            <span>{labelOf(dataset, column)}</span>
            {(['up', 'down'] as const).map((way) => (
              <button
                key={way}
                type="button"
                class="quiet"
                id={buttonId(column, way)}
                aria-disabled={way === 'up' ? index === 0 : index === chosen.length - 1}
                aria-label={`Move ${labelOf(dataset, column)} ${way}`}
                onClick={() => {
                  move(column, way);
                }}
              >
                {way === 'up' ? '↑' : '↓'}
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
