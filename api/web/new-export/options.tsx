import type { VNode } from 'preact';
import { pointerTo } from '../refusal.js';
import { Field, useProblem } from './field.js';
import type { OptionField } from './option-fields.js';
import { optionLabel, valueLabel } from './option-labels.js';

/** Options that are always visible; the others are in a collapsed section. */
const VISIBLE: readonly string[] = ['timezone', 'compression'];
const TIMEZONES = 'timezones';

interface Props {
  readonly format: string;
  readonly fields: readonly OptionField[];
  readonly texts: Readonly<Record<string, string>>;
  readonly onChange: (name: string, text: string) => void;
}

export function Options({ format, fields, texts, onChange }: Props): VNode {
  const inputs = (isVisible: boolean): VNode[] =>
    fields
      .filter(({ name }) => VISIBLE.includes(name) === isVisible)
      .map((field) => (
        <Option
          key={field.name}
          field={field}
          text={texts[field.name] ?? ''}
          onText={(text) => {
            onChange(field.name, text);
          }}
        />
      ));
  const collapsed = inputs(false);
  return (
    <>
      <div class="options">{inputs(true)}</div>
      {collapsed.length === 0 ? null : (
        <details>
          <summary>More {format} options</summary>
          <div class="options">{collapsed}</div>
        </details>
      )}
      <datalist id={TIMEZONES}>
        {Intl.supportedValuesOf('timeZone').map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

interface OptionProps {
  readonly field: OptionField;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function Option({ field, text, onText }: OptionProps): VNode {
  const at = pointerTo('options', field.name);
  if (field.kind === 'flag') return <Flag at={at} field={field} text={text} onText={onText} />;
  return (
    <Field at={at} label={optionLabel(field.name)} hint={field.description}>
      {(attributes) =>
        field.kind === 'choice' ? (
          <select
            {...attributes}
            value={text === '' ? String(field.byDefault ?? '') : text}
            onChange={({ currentTarget }) => {
              onText(currentTarget.value);
            }}
          >
            {field.byDefault === null ? <option value="">Default</option> : null}
            {field.values.map((value) => (
              <option key={String(value)} value={String(value)}>
                {valueLabel(field.name, value)}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...attributes}
            type="text"
            autocomplete="off"
            spellcheck={false}
            value={text}
            placeholder={String(field.byDefault ?? '')}
            {...(field.kind === 'number' ? { inputMode: 'numeric' } : {})}
            {...(field.kind === 'text' && field.maxLength !== undefined ? { maxLength: field.maxLength } : {})}
            {...(field.name === 'timezone' ? { list: TIMEZONES } : {})}
            onInput={({ currentTarget }) => {
              onText(currentTarget.value);
            }}
          />
        )
      }
    </Field>
  );
}

function Flag({ at, field, text, onText }: OptionProps & { readonly at: string }): VNode {
  const problem = useProblem(at);
  return (
    <div class="field">
      <label class="box">
        <input
          type="checkbox"
          checked={(text === '' ? String(field.byDefault) : text) === 'true'}
          aria-invalid={problem !== ''}
          onChange={({ currentTarget }) => {
            onText(String(currentTarget.checked));
          }}
        />
        <span>
          {optionLabel(field.name)} <span class="hint">{field.description}</span>
        </span>
      </label>
      <p class="problem">{problem}</p>
    </div>
  );
}
