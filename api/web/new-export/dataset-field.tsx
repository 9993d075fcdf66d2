import type { VNode } from 'preact';
import type { Choices } from '../../../shared/request/choices-schema.js';
import { Field } from './field.js';

interface Props {
  readonly choices: Choices;
  readonly type: string;
  readonly onType: (type: string) => void;
}

/** Selects a dataset, or the bundle of all of the user's data. */
export function DatasetField({ choices: { datasets, bundles, rights_unknown: isShort }, type, onType }: Props): VNode {
  const bundle = bundles.find(({ name }) => name === type);
  const titles = bundle?.datasets.map(({ title }) => title).join(', ');
  const hints = [
    ...(titles === undefined ? [] : [`One archive with your own rows from ${titles}.`]),
    ...(isShort === true ? ["Some data may be missing here: your permissions couldn't be checked."] : []),
  ];
  return (
    <Field at="/type" label="Data" hint={hints.join(' ')}>
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
