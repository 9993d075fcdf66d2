import { pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard output, one process one logger. Never log tokens, links or rows. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, redact: ['req.headers.authorization', 'authorization', 'token', 'url'] });
}
