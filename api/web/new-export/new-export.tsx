import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Choices } from '../../../shared/request/choices-schema.js';
import type { Client } from '../client.js';
import { pointerTo } from '../refusal.js';
import { Columns } from './columns.js';
import { DatasetField } from './dataset-field.js';
import { FieldProblems } from './field.js';
import { FileFields } from './file-fields.js';
import { Filters } from './filters.js';
import { Notify } from './notify.js';
import type { OptionField } from './option-fields.js';
import { allowedOptions, findDataset, type FilterChoice } from './request.js';
import { SortField } from './sort-field.js';
import { SubmitBar } from './submit-bar.js';
import { useNewExport, type OnStart } from './use-new-export.js';

interface Props {
  readonly client: Client;
  readonly choices: Choices;
  /** The user's active exports, and their limit. */
  readonly active: number;
  readonly limit: number;
  readonly onStart: OnStart;
}

/** The form, or why there is nothing to export. */
export function NewExport(props: Props): VNode {
  const { datasets, bundles, rights_unknown: isShort } = props.choices;
  if (datasets.length > 0 || bundles.length > 0) return <ExportForm {...props} />;
  return (
    <section class="card" aria-labelledby="new-export">
      <Heading />
      <p>
        {isShort === true
          ? "Your permissions couldn't be checked. Reload this page to try again."
          : "You don't have permission to export anything. Ask your administrator for access."}
      </p>
    </section>
  );
}

function ExportForm({ client, choices, active, limit, onStart }: Props): VNode {
  const form = useRef<HTMLFormElement>(null);
  const { draft, change, changeType, submit, problems, ...state } = useNewExport(client, choices, form, onStart);
  const dataset = findDataset(choices, draft.type);
  return (
    <FieldProblems.Provider value={problems}>
      <form
        ref={form}
        class="card"
        aria-labelledby="new-export"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (active < limit && !state.isStarting) void submit();
        }}
      >
        <Heading />
        <DatasetField choices={choices} type={draft.type} onType={changeType} />
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
            <SortField
              dataset={dataset}
              sort={draft.sort}
              onSort={(sort) => {
                change({ sort });
              }}
            />
          </>
        )}
        <FileFields choices={choices} draft={draft} onChange={change} />
        <Notify {...draft} onChange={change} />
        <SubmitBar
          {...state}
          active={active}
          limit={limit}
          shown={shownPointers(allowedOptions(choices, draft), dataset?.filters ?? [])}
        />
      </form>
    </FieldProblems.Provider>
  );
}

function Heading(): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  // After signing in, the sign-in button is gone, so the focus continues here.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <h1 ref={heading} id="new-export" tabIndex={-1}>
      New export
    </h1>
  );
}

/** The fields that show their own problems. */
const shownPointers = (options: readonly OptionField[], filters: readonly FilterChoice[]): string[] => [
  ...['/type', '/name', '/format', '/columns', '/sort', '/notify/email', '/notify/webhook_url'],
  ...options.map(({ name }) => pointerTo('options', name)),
  ...filters.map(({ name }) => pointerTo('filters', name)),
];
