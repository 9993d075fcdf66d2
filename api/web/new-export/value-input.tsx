import type { VNode } from 'preact';
import type { InputAttributes } from './field.js';
import type { FieldType } from './request.js';

interface Props extends Partial<InputAttributes> {
  readonly type: FieldType;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

type Kind =
  | { readonly type: 'text'; readonly inputMode?: 'numeric' | 'decimal'; readonly placeholder?: string }
  | { readonly type: 'date' | 'time' | 'datetime-local' };

/** The input for a column type. Numbers use text inputs: number inputs round, and scrolling changes them. */
function inputFor(type: FieldType): Kind {
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return { type: 'text', inputMode: 'numeric' };
    case 'numeric':
    case 'real':
    case 'double precision':
      return { type: 'text', inputMode: 'decimal' };
    case 'date':
      return { type: 'date' };
    case 'time':
      return { type: 'time' };
    case 'timestamp':
    case 'timestamptz':
      return { type: 'datetime-local' };
    case 'interval':
      return { type: 'text', placeholder: 'P1DT12H' };
    default:
      return { type: 'text' };
  }
}

export function ValueInput({ type, value, onValue, ...attributes }: Props): VNode {
  if (type === 'boolean') {
    return (
      <select
        {...attributes}
        value={value}
        onChange={({ currentTarget }) => {
          onValue(currentTarget.value);
        }}
      >
        <option value="">Any</option>
        <option value="true">Yes</option>
        <option value="false">No</option>
      </select>
    );
  }
  return (
    <input
      {...attributes}
      {...inputFor(type)}
      autocomplete="off"
      value={value}
      onInput={({ currentTarget }) => {
        onValue(currentTarget.value);
      }}
    />
  );
}
