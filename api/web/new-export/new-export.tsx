import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Choices } from '../../../shared/request/choices-schema.js';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { noAnswer, pointerTo, Refusal } from '../refusal.js';
import { Columns } from './columns.js';
import { Field, FieldProblems, focusFirstProblem } from './field.js';
import { Filters } from './filters.js';
import { Notify } from './notify.js';
import type { OptionField } from './option-fields.js';
import { Options } from './options.js';
import {
  datasetOf,
  draftFor,
  formatsOf,
  optionsOf,
  requestOf,
  withFormat,
  type Draft,
  type ExportBody,
  type FilterChoice,
} from './request.js';
import { Send } from './send.js';
import { useEstimate } from './use-estimate.js';
import { useStart } from './use-start.js';
import { What } from './what.js';

interface Props {
  readonly client: Client;
  readonly choices: Choices;
  /** Active exports, and how many there may be. */
  readonly active: number;
  readonly limit: number;
  /** Somebody has asked: it is under way, and becomes what the promise resolves with; null when it did not start. */
  readonly onStart: (body: ExportBody, started: Promise<ListedJob | null>) => void;
}

/** The fields that show problems of their own. */
const shownPointers = (options: readonly OptionField[], filters: readonly FilterChoice[]): string[] => [
  ...['/type', '/format', '/columns', '/notify/email', '/notify/webhook_url'],
  ...options.map(({ name }) => pointerTo('options', name)),
  ...filters.map(({ name }) => pointerTo('filters', name)),
];

export function NewExport({ client, choices, active, limit, onStart }: Props): VNode {
  const [draft, setDraft] = useState(() => draftFor(choices, choices.datasets[0]?.name ?? ''));
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const { isStarting, start } = useStart(client);

  const { body, problems } = useMemo(() => requestOf(choices, draft), [choices, draft]);
  const estimate = useEstimate(client, problems.length === 0 ? body : null);
  const dataset = datasetOf(choices, draft.type);
  const options = optionsOf(choices, draft);

  // Whoever has just signed in goes on here: the button that they pressed is gone.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);

  const change = (changed: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...changed }));
    setRefusal(null);
  };

  const refuse = (why: Refusal): void => {
    setRefusal(why);
    // When the fields show it.
    requestAnimationFrame(() => {
      if (form.current !== null) focusFirstProblem(form.current);
    });
  };

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (active >= limit || isStarting) return;
    if (problems.length > 0) {
      refuse(new Refusal('Something is missing.', 400, 'VALIDATION_FAILED', problems));
      return;
    }
    setRefusal(null);
    const started = start(body).catch((error: unknown) => {
      refuse(error instanceof Refusal ? error : noAnswer());
      return null;
    });
    onStart(body, started);
    await started;
  };

  const fields = refusal?.fields ?? (estimate.state === 'refused' ? (estimate.refusal?.fields ?? []) : []);

  return (
    <FieldProblems.Provider value={fields}>
      <form ref={form} class="card" aria-labelledby="new-export" noValidate onSubmit={(event) => void submit(event)}>
        <h1 ref={heading} id="new-export" tabIndex={-1}>
          New export
        </h1>
        <What
          choices={choices}
          type={draft.type}
          onType={(type) => {
            setDraft((before) => draftFor(choices, type, before));
            setRefusal(null);
          }}
        />
        {dataset === undefined ? null : (
          <>
            <Columns
              dataset={dataset}
              chosen={draft.columns}
              onChange={(columns) => {
                change({ columns });
              }}
            />
            <Filters
              dataset={dataset}
              drafts={draft.filters}
              onChange={(name, filter) => {
                change({ filters: { ...draft.filters, [name]: filter } });
              }}
            />
          </>
        )}
        <fieldset class="part">
          <legend>File</legend>
          <Field at="/format" label="Format">
            {(attributes) => (
              <select
                {...attributes}
                value={draft.format}
                onChange={({ currentTarget }) => {
                  change(withFormat(choices, draft, currentTarget.value));
                }}
              >
                {formatsOf(choices, draft.type).map(({ name }) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Options
            fields={options}
            texts={draft.options}
            onChange={(name, text) => {
              change({ options: { ...draft.options, [name]: text } });
            }}
          />
        </fieldset>
        <Notify {...draft} onChange={change} />
        <Send
          estimate={estimate}
          active={active}
          limit={limit}
          isStarting={isStarting}
          refusal={refusal}
          shown={shownPointers(options, dataset?.filters ?? [])}
        />
      </form>
    </FieldProblems.Provider>
  );
}
