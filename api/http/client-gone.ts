import type { Response } from 'express';

/** Aborted when the client disconnects before it gets a response, so that work done only for it can stop. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('The client has disconnected.'));
  });
  return gone.signal;
}
