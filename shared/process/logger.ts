import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * JSON lines on standard output, one logger per process. Never log tokens, links or rows.
 * @param mixin fields that every line has
 */
export function createLogger(name: string, level: string, mixin: () => object = () => ({})): Logger {
  return pino({ name, level, mixin, redact: ['req.headers.authorization', 'authorization', 'token', 'url'] });
}
