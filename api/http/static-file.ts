import type { Response } from 'express';
import { ServiceError } from '../../shared/errors.js';

export const nothingHere = (): ServiceError => new ServiceError('NOT_FOUND', 'There is nothing at this address.');

/** Responds with a file of a folder. The caller sets the type and caching headers. */
export function sendFile(response: Response, root: string, file: string): Promise<void> {
  const options = { root, cacheControl: false, lastModified: false, acceptRanges: false };
  return new Promise((resolve, reject) => {
    response.sendFile(file, options, (error: Error | undefined) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}
