import type { VNode } from 'preact';
import { pointerTo } from '../refusal.js';
import { label as readable } from '../words.js';
import { Field, Group } from './field.js';
import type { FieldType, DatasetChoice, FilterChoice, FilterDraft } from './request.js';
import { ValueInput } from './value-input.js';

interface FilterProps {
  readonly filter: FilterChoice;
  /** The type of the filtered column. */
  readonly type: FieldType;
  readonly label: string;
  readonly draft: FilterDraft;
  readonly onChange: (draft: FilterDraft) => void;
}

interface Props {
  readonly dataset: DatasetChoice;
  readonly drafts: Readonly<Record<string, FilterDraft>>;
  readonly onChange: (name: string, draft: FilterDraft) => void;
}

export function Filters({ dataset, drafts, onChange }: Props): VNode | null {
  if (dataset.filters.length === 0) return null;
  return (
    <fieldset class="part">
      <legend>Filters</legend>
      <div class="filters">
        {dataset.filters.map((filter) => {
          const column = dataset.columns.find(({ name }) => name === filter.column);
          return (
            <Filter
              key={filter.name}
              filter={filter}
              type={column?.type ?? 'text'}
              label={column?.label ?? readable(filter.column)}
              draft={drafts[filter.name] ?? {}}
              onChange={(draft) => {
                onChange(filter.name, draft);
              }}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

function Filter(props: FilterProps): VNode {
  const { filter, label } = props;
  const at = pointerTo('filters', filter.name);
  switch (filter.kind) {
    case 'date_range':
      return <Between {...props} at={at} type="date" words={['From', 'To']} />;
    case 'range':
      return <Between {...props} at={at} words={['At least', 'At most']} />;
    case 'one_of':
      return filter.values === undefined ? (
        <ListOfValues {...props} at={at} />
      ) : (
        <OneOf {...props} at={at} values={filter.values} />
      );
    case 'contains':
      return <OneValue {...props} at={at} label={`${label} contains`} />;
    case 'equals':
      return <OneValue {...props} at={at} />;
    case 'is_null':
      return <IsNull {...props} at={at} />;
  }
}

interface PointedProps extends FilterProps {
  /** JSON pointer of the filter in the request. */
  readonly at: string;
}

function OneValue({ at, type, label, draft, onChange }: PointedProps): VNode {
  return (
    <Field at={at} label={label}>
      {(attributes) => (
        <ValueInput
          {...attributes}
          type={type}
          value={draft.value ?? ''}
          onValue={(value) => {
            onChange({ value });
          }}
        />
      )}
    </Field>
  );
}

function ListOfValues({ at, label, draft, onChange }: PointedProps): VNode {
  return (
    <Field at={at} label={label} hint="Separate values with commas">
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          value={draft.value ?? ''}
          onInput={({ currentTarget }) => {
            onChange({ value: currentTarget.value });
          }}
        />
      )}
    </Field>
  );
}

function IsNull({ at, label, draft, onChange }: PointedProps): VNode {
  return (
    <Field at={at} label={label}>
      {(attributes) => (
        <select
          {...attributes}
          value={draft.value ?? ''}
          onChange={({ currentTarget }) => {
            onChange({ value: currentTarget.value });
          }}
        >
          <option value="">Any</option>
          <option value="true">Empty</option>
          <option value="false">Not empty</option>
        </select>
      )}
    </Field>
  );
}

interface BetweenProps extends PointedProps {
  readonly words: readonly [string, string];
}

function Between({ at, type, label, draft, words, onChange }: BetweenProps): VNode {
  const [fromWord, toWord] = words;
  return (
    <Group at={at} label={label}>
      <div class="pair">
        <label>
          <span class="hint">{fromWord}</span>
          <ValueInput
            type={type}
            value={draft.from ?? ''}
            onValue={(from) => {
              onChange({ ...draft, from });
            }}
          />
        </label>
        <label>
          <span class="hint">{toWord}</span>
          <ValueInput
            type={type}
            value={draft.to ?? ''}
            onValue={(to) => {
              onChange({ ...draft, to });
            }}
          />
        </label>
      </div>
    </Group>
  );
}

interface OneOfProps extends PointedProps {
  readonly values: readonly string[];
}

function OneOf({ at, label, values, draft, onChange }: OneOfProps): VNode {
  const chosen = draft.values ?? [];
  return (
    <Group at={at} label={label} hint={chosen.length === 0 ? 'Any' : ''}>
      <div class="row">
        {values.map((value) => (
          <label key={value} class="box">
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={() => {
                onChange({ values: values.filter((one) => (one === value) !== chosen.includes(one)) });
              }}
            />
            <span>{value}</span>
          </label>
        ))}
      </div>
    </Group>
  );
}
