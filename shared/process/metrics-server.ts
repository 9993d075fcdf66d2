import { createServer } from 'node:http';

/** Returns the metrics for Prometheus; must not reject, because the scrape would fail with a 500. */
export type Scrape = () => Promise<string>;

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Thrown if the port isn't available; the message is a sentence that names it. */
export class MetricsPortError extends Error {
  override readonly name = 'MetricsPortError';
}

/**
 * Serves `GET /metrics`, and nothing else, on a separate port for as long as the process lives.
 * @throws MetricsPortError
 */
export async function serveMetrics(
  scrape: Scrape,
  at: { readonly host: string; readonly port: number },
): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    scrape().then(
      (text) => response.writeHead(200, { 'Content-Type': METRICS_TYPE }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const sentence = `Can't serve metrics at ${at.host}:${at.port} (METRICS_HOST, METRICS_PORT): ${error.message}.`;
      reject(new MetricsPortError(sentence, { cause: error }));
    });
    server.listen(at.port, at.host, resolve);
  });
  // The metrics server must not keep the process alive.
  server.unref();
}
