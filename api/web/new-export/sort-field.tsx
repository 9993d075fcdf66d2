import type { VNode } from 'preact';
import { Field } from './field.js';
import type { DatasetChoice, FieldType } from './request.js';

interface Props {
  readonly dataset: DatasetChoice;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

/** The order of the rows, for datasets that can be sorted. */
export function SortField({ dataset: { columns, sorts }, sort, onSort }: Props): VNode | null {
  if (sorts.length === 0) return null;
  return (
    <Field at="/sort" label="Sort by">
      {(attributes) => (
        <select
          {...attributes}
          value={sort}
          onChange={({ currentTarget }) => {
            onSort(currentTarget.value);
          }}
        >
          <option value="">Default order</option>
          {sorts.flatMap((name) => {
            const { label = name, type = 'text' } = columns.find((column) => column.name === name) ?? {};
            const [up, down] = directions(type);
            return [
              <option key={name} value={name}>{`${label}, ${up}`}</option>,
              <option key={`-${name}`} value={`-${name}`}>{`${label}, ${down}`}</option>,
            ];
          })}
        </select>
      )}
    </Field>
  );
}

/** The same words as in a PDF (`directionsOf` in shared/datasets/sort-words.ts): the page contains none of the API's code. */
function directions(type: FieldType): readonly [ascending: string, descending: string] {
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'numeric':
    case 'real':
    case 'double precision':
      return ['lowest first', 'highest first'];
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return ['oldest first', 'newest first'];
    case 'text':
    case 'char':
      return ['A to Z', 'Z to A'];
    default:
      return ['ascending', 'descending'];
  }
}
