import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Secrets } from './context.js';

const schema = z.object({
  databasePassword: z.string(),
  readerPassword: z.string(),
  s3AccessKeyId: z.string(),
  s3SecretAccessKey: z.string(),
  jwtSecret: z.string(),
  linkSecret: z.string(),
  webhookKey: z.string(),
});

/**
 * The secrets of a data folder. They are random not only for secrecy: a readiness check that uses them cannot mistake
 * another folder's server, which took the port first, for its own.
 */
export function readOrMakeSecrets(file: string): Secrets {
  const known = read(file);
  const secrets = { ...makeSecrets(), ...known };
  // A folder from an earlier version keeps its secrets and gets the missing ones.
  if (!schema.safeParse(known).success) writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

function read(file: string): object {
  try {
    return schema.partial().parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

function makeSecrets(): Secrets {
  return {
    databasePassword: randomBytes(12).toString('hex'),
    readerPassword: randomBytes(12).toString('hex'),
    s3AccessKeyId: randomBytes(8).toString('hex'),
    s3SecretAccessKey: randomBytes(16).toString('hex'),
    jwtSecret: randomBytes(32).toString('hex'),
    linkSecret: randomBytes(32).toString('hex'),
    webhookKey: randomBytes(32).toString('hex'),
  };
}
