import type { VNode } from 'preact';
import type { Choices } from '../../../shared/request/choices-schema.js';
import { Field } from './field.js';
import { Options } from './options.js';
import { allowedFormats, allowedOptions, withFormat, type Draft } from './request.js';

interface Props {
  readonly choices: Choices;
  readonly draft: Draft;
  readonly onChange: (changed: Partial<Draft>) => void;
}

/** The format of the file, and the format's options. */
export function FileFields({ choices, draft, onChange }: Props): VNode {
  return (
    <fieldset class="part">
      <legend>File</legend>
      <Field at="/format" label="Format">
        {(attributes) => (
          <select
            {...attributes}
            value={draft.format}
            onChange={({ currentTarget }) => {
              onChange(withFormat(choices, draft, currentTarget.value));
            }}
          >
            {allowedFormats(choices, draft.type).map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Options
        format={draft.format}
        fields={allowedOptions(choices, draft)}
        texts={draft.options}
        onChange={(name, text) => {
          onChange({ options: { ...draft.options, [name]: text } });
        }}
      />
    </fieldset>
  );
}
