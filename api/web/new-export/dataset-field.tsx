import type { VNode } from 'preact';
import type { Choices } from '../../../shared/request/choices-schema.js';
import { Field } from './field.js';

interface Props {
  readonly choices: Choices;
  readonly type: string;
  readonly onType: (type: string) => void;
}

/** Selects a dataset, or the bundle of all of the user's data. */
export function DatasetField({ choices: { datasets, bundles }, type, onType }: Props): VNode {
  const titles = (names: readonly string[]): string =>
    names.map((one) => datasets.find(({ name }) => name === one)?.title ?? one).join(', ');
  const bundle = bundles.find(({ name }) => name === type);
  return (
    <Field
      at="/type"
      label="Data"
      hint={bundle === undefined ? '' : `One archive with your own rows from ${titles(bundle.datasets)}.`}
    >
      {(attributes) => (
        <select
          {...attributes}
          value={type}
          onChange={({ currentTarget }) => {
            onType(currentTarget.value);
          }}
        >
          {[...datasets, ...bundles].map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
