import { useMemo, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import type { Choices } from '../../../shared/request/choices-schema.js';
import type { ListedJob } from '../../../shared/job/schema.js';
import type { Client } from '../client.js';
import { noAnswer, Refusal, type RefusedField } from '../refusal.js';
import { focusFirstProblem } from './field.js';
import { createRequest, draftFor, type Draft, type ExportBody } from './request.js';
import { useEstimate, type EstimateState } from './use-estimate.js';
import { useStart } from './use-start.js';

/** Reports a start that is in progress. The promise resolves with the job, or with null if it didn't start. */
export type OnStart = (body: ExportBody, started: Promise<ListedJob | null>) => void;

interface NewExportState {
  readonly draft: Draft;
  readonly estimate: EstimateState;
  readonly isStarting: boolean;
  /** Why the export didn't start; null if it did, or before the first attempt. */
  readonly refusal: Refusal | null;
  /** Invalid fields, from the refusal or else from the estimate. */
  readonly problems: readonly RefusedField[];
  readonly change: (changed: Partial<Draft>) => void;
  readonly changeType: (type: string) => void;
  readonly submit: () => Promise<void>;
}

/**
 * The state of the form.
 * @param form gets the focus on its first invalid field when the service rejects the request
 */
export function useNewExport(
  client: Client,
  choices: Choices,
  form: RefObject<HTMLFormElement | null>,
  onStart: OnStart,
): NewExportState {
  const [draft, setDraft] = useState(() => draftFor(choices, [...choices.datasets, ...choices.bundles][0]?.name ?? ''));
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const { isStarting, start } = useStart(client);
  const { body, problems } = useMemo(() => createRequest(choices, draft), [choices, draft]);
  const estimate = useEstimate(client, problems.length === 0 ? body : null);

  const update = (next: (before: Draft) => Draft): void => {
    setDraft(next);
    setRefusal(null);
  };
  const refuse = (why: Refusal): void => {
    setRefusal(why);
    // Wait until the fields are rendered with their problems.
    requestAnimationFrame(() => {
      if (form.current !== null) focusFirstProblem(form.current);
    });
  };
  const submit = async (): Promise<void> => {
    if (problems.length > 0) {
      refuse(new Refusal('Fix the highlighted fields.', 400, 'VALIDATION_FAILED', problems));
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

  return {
    draft,
    estimate,
    isStarting,
    refusal,
    problems: refusal?.fields ?? (estimate.state === 'refused' ? (estimate.refusal?.fields ?? []) : []),
    change: (changed) => {
      update((before) => ({ ...before, ...changed }));
    },
    changeType: (type) => {
      update((before) => draftFor(choices, type, before));
    },
    submit,
  };
}
