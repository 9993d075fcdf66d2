import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { contextOf, principalOf } from './context.js';
import type { ApiDeps, Caller, Scope } from '../deps.js';
import { fieldProblems, validationFailed, type Checked } from '../../shared/request/field-problems.js';
import { parseIdempotencyKey, parseParameters, type ParsedPart } from './input.js';
import { jsonBodyReader } from './json-body.js';
import { bodyProblems } from './no-body.js';
import type { PromisedAnswer, Body, Fields, Operation, Route } from '../openapi/operation.js';

/**
 * A route is one object: its contract (an `Operation`, from which OpenAPI is generated) and its handler. Parameters,
 * query and body are parsed once, before the handler runs, and typed by their schemas. The response to an invalid
 * request lists the problems of all three.
 *
 *     export const getSchedule = defineRoute({
 *       method: 'get',
 *       path: '/v1/schedules/:schedule_id',
 *       id: 'getSchedule',
 *       …
 *       params: scheduleParams,
 *       answers: { 200: { description: 'The schedule', schema: scheduleSchema } },
 *       handle: (deps) => async ({ params, principal }) => ({
 *         status: 200,
 *         body: scheduleView(await ownedSchedule(params.schedule_id, principal, deps)),
 *       }),
 *     });
 */

type Answers = Readonly<Record<number, PromisedAnswer>>;

type NoFields = z.ZodObject<Record<string, never>>;

/** The caller; undefined if the route needs no token. */
type PrincipalOf<S> = [S] extends [never] ? undefined : Caller;

/** Input of a route's handler. */
export interface RouteInput<Params, Query, Body, S, Target = undefined> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The object that the path names, for routes with `findTarget`. */
  readonly target: Target;
  readonly principal: PrincipalOf<S>;
  /** Null if there is none, or if the route doesn't accept one. */
  readonly idempotencyKey: string | null;
  readonly request: Request;
  readonly response: Response;
}

interface AnyReply {
  readonly status: number;
  /** The `Location` header. Without a body: a redirect. */
  readonly location?: string;
  readonly body?: unknown;
}

/** Lets handlers return read-only lists and objects. */
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

type BodyOf<A> = A extends { readonly schema: infer Schema extends z.ZodType }
  ? { readonly body: DeepReadonly<z.output<Schema>> }
  : { readonly body?: undefined };

/** A handler's response: a status that the route declares, with a body that matches its schema. */
type Reply<A extends Answers> = {
  [Status in keyof A]: Omit<AnyReply, 'status' | 'body'> & { readonly status: Status } & BodyOf<A[Status]>;
}[keyof A];

/** Undefined: the handler has written the response itself (a stream, a file, a page). */
type Handle<In, R> = (input: In) => Promise<R | undefined> | R | undefined;

type FindTarget<Params, S, T> = (input: { readonly params: Params; readonly principal: PrincipalOf<S> }) => Promise<T>;

interface RouteDefinition<
  P extends Fields,
  Q extends Fields,
  B,
  S extends Scope,
  A extends Answers,
  T,
> extends Operation {
  readonly params?: P;
  readonly query?: (registry: ApiDeps['registry']) => Q;
  readonly body?: Body<B>;
  readonly scope?: S;
  readonly answers: A;
  /**
   * Finds what the path names, before the body is checked: a caller who may not change it gets that error first, not
   * one about the body.
   */
  readonly findTarget?: (deps: ApiDeps) => FindTarget<z.output<P>, S, T>;
  /** Called once per app; the function that it returns is called for each request. */
  readonly handle: (deps: ApiDeps) => Handle<RouteInput<z.output<P>, z.output<Q>, B, S, T>, Reply<A>>;
}

export function defineRoute<
  const A extends Answers,
  P extends Fields = NoFields,
  Q extends Fields = NoFields,
  B = undefined,
  S extends Scope = never,
  T = undefined,
>({ findTarget, handle, ...operation }: RouteDefinition<P, Q, B, S, A, T>): Route {
  return {
    ...operation,
    createHandler: (deps) => createHandler(operation, findTarget?.(deps), handle(deps), deps),
  };
}

const none = z.object({});
const strictlyNone = z.strictObject({});

function createHandler<P, Q, B, S, T>(
  operation: Operation,
  findTarget: FindTarget<P, S, T> | undefined,
  handle: Handle<RouteInput<P, Q, B, S, T>, unknown>,
  deps: ApiDeps,
): RequestHandler {
  const { params = none, query, scope, headers = [] } = operation;
  // Links to pages may carry parameters that others have added. An API client expects its parameters to have an effect.
  const querySchema = query?.(deps.registry) ?? (scope === undefined ? none : strictlyNone);
  const readBody = bodyReader(operation, deps);
  return async (request, response) => {
    const principal = scope === undefined ? undefined : principalOf(request);
    const pathParams = parseParameters('path', request.params, params);
    if ('value' in pathParams && typeof pathParams.value.job_id === 'string') {
      contextOf(request).jobId = pathParams.value.job_id;
    }
    const queryParams = parseParameters('query', request.query, querySchema);
    const target =
      findTarget !== undefined && 'value' in pathParams && 'value' in queryParams
        ? await findTarget({ params: pathParams.value, principal } as Parameters<typeof findTarget>[0])
        : undefined;
    const input = requireAll({
      params: pathParams,
      query: queryParams,
      idempotencyKey: headers.includes('Idempotency-Key') ? parseIdempotencyKey(request) : { value: null },
      body: await readBody(request, response, principal),
    });
    const reply = await handle({ ...input, target, principal, request, response } as RouteInput<P, Q, B, S, T>);
    if (reply !== undefined) send(response, reply as AnyReply);
  };
}

/** @throws ServiceError VALIDATION_FAILED with the problems of all parts */
function requireAll(parts: Readonly<Record<string, ParsedPart<unknown>>>): Record<string, unknown> {
  const problems = Object.values(parts).flatMap((part) => ('problems' in part ? part.problems : []));
  if (problems.length > 0) throw validationFailed(problems);
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, 'value' in part ? part.value : null]));
}

type ReadBody = (request: Request, response: Response, caller: Caller | undefined) => Promise<ParsedPart<unknown>>;

function bodyReader({ method, body, maxBodyBytes }: Operation, deps: ApiDeps): ReadBody {
  if (body === undefined) return method === 'get' ? () => Promise.resolve({ value: undefined }) : readNoBody;
  const parse = body instanceof z.ZodType ? bySchema(body) : body.createParser(deps);
  const read = jsonBodyReader(maxBodyBytes);
  return (request, response, caller) => read(request, response, (value) => parse(value, caller));
}

async function readNoBody(request: Request, response: Response): Promise<ParsedPart<undefined>> {
  const problems = await bodyProblems(request, response);
  return problems.length > 0 ? { problems } : { value: undefined };
}

const bySchema =
  (schema: z.ZodType) =>
  (value: unknown): Checked<unknown> => {
    const { data, error } = schema.safeParse(value);
    return error === undefined ? { value: data } : { problems: fieldProblems(error) };
  };

function send(response: Response, { status, location, body }: AnyReply): void {
  if (location !== undefined && body === undefined) {
    response.redirect(status, location);
    return;
  }
  if (location !== undefined) response.location(location);
  response.status(status);
  if (body === undefined) response.end();
  else response.json(body);
}
