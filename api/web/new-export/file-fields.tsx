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

/** The name of the export, the format of its file, and the format's options. */
export function FileFields({ choices, draft, onChange }: Props): VNode {
  return (
    <fieldset class="part">
      <legend>File</legend>
      <Field at="/name" label="Export name" hint="Optional. Helps you find the export and its file.">
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            maxLength={100}
            value={draft.name}
            onInput={({ currentTarget }) => {
              onChange({ name: currentTarget.value });
            }}
          />
        )}
      </Field>
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
