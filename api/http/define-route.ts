import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { contextOf, principalOf } from './context.js';
import type { ApiDeps, Caller, Scope } from '../deps.js';
import { idempotencyKeyOf, parsePart } from './input.js';
import type { Answer, Body, Fields, Operation, Route } from '../openapi/operation.js';

/**
 * A route is one object: its contract (an `Operation`, from which OpenAPI is generated) and its handler. Parameters,
 * query and body are parsed once, before the handler runs, and typed by their schemas.
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

type Answers = Readonly<Record<number, Answer>>;

type NoFields = z.ZodObject<Record<string, never>>;

/** Input of a route's handler. */
export interface RouteInput<Params, Query, Body, S> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The caller; undefined if the route needs no token. */
  readonly principal: [S] extends [never] ? undefined : Caller;
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

interface RouteDefinition<P extends Fields, Q extends Fields, B, S extends Scope, A extends Answers> extends Operation {
  readonly params?: P;
  readonly query?: (registry: ApiDeps['registry']) => Q;
  readonly body?: Body<B>;
  readonly scope?: S;
  readonly answers: A;
  /** Called once per app; the function that it returns is called for each request. */
  readonly handle: (deps: ApiDeps) => Handle<RouteInput<z.output<P>, z.output<Q>, B, S>, Reply<A>>;
}

export function defineRoute<
  const A extends Answers,
  P extends Fields = NoFields,
  Q extends Fields = NoFields,
  B = undefined,
  S extends Scope = never,
>({ handle, ...operation }: RouteDefinition<P, Q, B, S, A>): Route {
  return { ...operation, createHandler: (deps) => createHandler(operation, handle(deps), deps) };
}

const none = z.object({});

function createHandler<P, Q, B, S>(
  { params = none, query = () => none, body, scope, headers = [] }: Operation,
  handle: Handle<RouteInput<P, Q, B, S>, unknown>,
  deps: ApiDeps,
): RequestHandler {
  const querySchema = query(deps.registry);
  const parseBody = bodyParser(body, deps);
  return async (request, response) => {
    const principal = scope === undefined ? undefined : principalOf(request);
    const pathParams = parsePart('path', request.params, params);
    if (typeof pathParams.job_id === 'string') contextOf(request).jobId = pathParams.job_id;
    const input = {
      params: pathParams,
      query: parsePart('query', request.query, querySchema),
      idempotencyKey: headers.includes('Idempotency-Key') ? idempotencyKeyOf(request) : null,
      body: parseBody(request.body, principal),
      principal,
      request,
      response,
    };
    const reply = await handle(input as RouteInput<P, Q, B, S>);
    if (reply !== undefined) send(response, reply as AnyReply);
  };
}

function bodyParser(
  body: Body<unknown> | undefined,
  deps: ApiDeps,
): (value: unknown, caller: Caller | undefined) => unknown {
  if (body === undefined) return () => undefined;
  if (!(body instanceof z.ZodType)) return body.createParser(deps);
  return (value) => parsePart('', value, body);
}

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
