import type { Response } from 'express';

/** Aborted when the client leaves before it is answered: what is done for it alone need not go on. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('The client has left.'));
  });
  return gone.signal;
}
