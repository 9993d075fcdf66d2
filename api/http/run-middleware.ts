import type { Request, RequestHandler, Response } from 'express';
import { messageOf } from '../../shared/errors.js';

/** Resolves when a middleware calls `next()`, and rejects with the error that it passes on. */
export const runMiddleware = (middleware: RequestHandler, request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    void middleware(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error(messageOf(error)));
    });
  });
