import type { UncheckedRequest } from '../../shared/request/request.js';
import { fieldProblems, problemsOf, validationFailed, type FieldProblem } from '../../shared/request/field-problems.js';
import { requestFor } from '../../shared/saved-exports/request-for.js';
import type { SavedExport, SavedExportDefinition } from '../../shared/saved-exports/store.js';
import { hashOfJson } from '../../shared/text/hash-of-json.js';
import type { ApiDeps, Caller } from '../deps.js';
import { exportBody, type ParsedExport } from '../exports/export-body.js';
import { storedRequest } from '../exports/owner-for.js';
import type { CheckedBody } from '../openapi/operation.js';
import { savedExportDefinition } from './saved-export-schema.js';

interface ParsedSavedExport {
  readonly definition: SavedExportDefinition;
  /** As if it ran now. */
  readonly request: UncheckedRequest;
  readonly onBehalfOf: string | undefined;
  /** A hash of the definition as sent. */
  readonly requestHash: string;
}

/** A saved export's body; its request is checked as if it ran now. */
export const savedExportBody: CheckedBody<ParsedSavedExport> = {
  describe: (exportRequest) =>
    // Not `SavedExportRequest`: that is what generators call the field `request` of `SavedExport`.
    savedExportDefinition.extend({ request: exportRequest }).meta({ id: 'SavedExportBody' }),
  createParser: (deps) => {
    const check = exportBody.createParser(deps);
    return async (body, caller) => {
      const { data: definition, error } = savedExportDefinition.safeParse(body);
      const request = requestIn(body);
      const checked = request === undefined ? { problems: [] } : await check(request, caller);
      const problems = [...(error === undefined ? [] : fieldProblems(error)), ...inRequest(problemsOf(checked))];
      if (definition === undefined || !('value' in checked)) return { problems };
      const { request: parsed, onBehalfOf } = checked.value;
      const stored = { ...definition, request: storedRequest(definition.request, onBehalfOf) };
      return { value: { definition: stored, request: parsed, onBehalfOf, requestHash: hashOfJson(definition) } };
    };
  },
};

/** The request in the body. It is checked even if the rest is invalid, so that clients see the problems of both. */
const requestIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'request' in body ? body.request : undefined;

const inRequest = (problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map(({ pointer, detail }) => ({ pointer: `/request${pointer}`, detail }));

/**
 * Parses the request of a saved export for a run, against the datasets as they are now.
 * @returns a function that throws ServiceError VALIDATION_FAILED, with pointers into the saved export
 */
export function savedExportParser(deps: ApiDeps): (saved: SavedExport, caller: Caller) => Promise<ParsedExport> {
  const check = exportBody.createParser(deps);
  return async (saved, caller) => {
    const { saved_export_id: id, name, request } = saved;
    const checked = await check(requestFor(saved, caller), caller);
    if (!('value' in checked)) throw validationFailed(inRequest(problemsOf(checked)));
    // A relative range means different days tomorrow, but a repeated call is still the same request.
    const { onBehalfOf } = checked.value;
    return {
      request: { name, ...checked.value.request },
      onBehalfOf,
      requestHash: hashOfJson({ saved_export_id: id, request }),
    };
  };
}
