import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Choices } from '../../../shared/choices-schema.js';
import type { JobView } from '../../../shared/job-schema.js';
import type { Client } from '../client.js';
import { noAnswer, Refusal } from '../refusal.js';
import { counted } from '../words.js';
import { Columns } from './columns.js';
import { EstimateLine } from './estimate.js';
import { Field, FieldProblems, focusFirstProblem, homeless } from './field.js';
import { Filters } from './filters.js';
import { Notify } from './notify.js';
import { Options } from './options.js';
import { datasetOf, draftFor, formatsOf, optionsOf, requestOf, type Draft, type ExportBody } from './request.js';
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
  readonly onStart: (body: ExportBody, started: Promise<JobView | null>) => void;
}

/** The fields that show problems of their own. */
const shownPointers = (draft: Draft, options: readonly string[], filters: readonly string[]): string[] => [
  ...(['/columns', '/notify/email', '/notify/webhook_url', '/type', '/format'] as const),
  ...options.map((name) => `/options/${name}`),
  ...filters.map((name) => `/filters/${name}`),
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
  const isFull = active >= limit;

  const refuse = (why: Refusal): void => {
    setRefusal(why);
    // When the fields show it.
    requestAnimationFrame(() => {
      if (form.current !== null) focusFirstProblem(form.current);
    });
  };

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isFull || isStarting) return;
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
  const shown = shownPointers(
    draft,
    options.map(({ name }) => name),
    dataset?.filters.map(({ name }) => name) ?? [],
  );

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
                  change({ format: currentTarget.value });
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
        <Notify email={draft.email} webhookUrl={draft.webhookUrl} onChange={change} />
        <div class="send">
          <EstimateLine estimate={estimate} />
          <div class="press">
            <button type="submit" class="main" aria-disabled={isFull || isStarting} aria-describedby="limit">
              {isStarting ? 'Starting…' : 'Start export'}
            </button>
            <p class="hint" id="limit">
              {active} of {counted(limit, 'export')} active.{' '}
              {isFull ? 'One of them has to end before another can start.' : ''}
            </p>
          </div>
          <div class="problem" role="alert">
            {refusal === null ? '' : <Why refusal={refusal} shown={shown} />}
          </div>
        </div>
      </form>
    </FieldProblems.Provider>
  );
}

/** What the fields do not say themselves. */
function Why({ refusal, shown }: { readonly refusal: Refusal; readonly shown: readonly string[] }): VNode {
  const rest = homeless(refusal.fields, shown);
  if (refusal.fields.length === 0) return <p>{refusal.message}</p>;
  if (rest.length === 0) return <p>The export did not start: a field is not as it must be.</p>;
  return <p>{rest.map(({ pointer, detail }) => `${pointer === '' ? 'The request' : pointer} ${detail}.`).join(' ')}</p>;
}
