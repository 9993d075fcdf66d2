import type { NextFunction, Response } from 'express';
import { ServiceError } from '../shared/errors.js';

export const nothingHere = (): ServiceError => new ServiceError('NOT_FOUND', 'There is nothing at this address.');

/** Answers with a file of a folder; type and caching are for whoever knows the file to say. */
export function sendFile(response: Response, root: string, file: string, next: NextFunction): void {
  const options = { root, cacheControl: false, lastModified: false, acceptRanges: false };
  response.sendFile(file, options, (error: unknown) => {
    if (error !== undefined) next(error);
  });
}
