import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StackEnv } from '../../dev/stack/stack-env.js';
import { filesIn } from '../../shared/process/files.js';
import type { TestStack } from './stack.js';

/** Secrets that must never be written anywhere, by description. */
export type KnownSecrets = Readonly<Record<string, string>>;

/** Signed URLs, tokens and secrets start with recognizable prefixes, whoever created them. */
export const SIGNS: KnownSecrets = {
  'a presigned address': 'X-Amz-Signature=',
  'a token': 'eyJhbGciOi',
  "a webhook's secret": 'whsec_',
};

export const secretsOf = (env: StackEnv): KnownSecrets => ({
  ...SIGNS,
  JWT_SECRET: env.JWT_SECRET,
  LINK_SECRET: env.LINK_SECRET,
  WEBHOOK_KEY: env.WEBHOOK_KEY,
  AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY,
  "the database's password": new URL(env.DATABASE_URL).password,
  "the reader's password": new URL(env.SOURCE_DATABASE_URL).password,
});

/**
 * Searches for secrets in everything that the services of this run wrote: their logs, and Temporal's database, which
 * stores the payloads and memos of every workflow as sent.
 * @returns a line for each secret found in a file
 */
export async function findSecrets({ logDir, dataDir }: TestStack, secrets: KnownSecrets): Promise<string[]> {
  const temporal = join(dataDir, 'temporal');
  // If it doesn't exist, this run uses somebody else's Temporal.
  const files = [...(await filesIn(logDir)), ...(existsSync(temporal) ? await filesIn(temporal) : [])];
  const found = await Promise.all(files.map(async (file) => [file, await findIn(file, secrets)] as const));
  return found.flatMap(([file, lines]) => lines.map((line) => `${file} has ${line}`));
}

async function findIn(file: string, secrets: KnownSecrets): Promise<string[]> {
  const longest = Math.max(...Object.values(secrets).map(({ length }) => length));
  const found = new Map<string, string>();
  let before = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const bytes = Buffer.concat([before, chunk as Buffer]);
    for (const [name, secret] of Object.entries(secrets)) {
      const at = bytes.indexOf(secret);
      if (at >= 0 && !found.has(name)) found.set(name, around(bytes, at));
    }
    before = bytes.subarray(Math.max(0, bytes.length - longest));
  }
  return [...found].map(([name, context]) => `${name}: ${context}`);
}

/** The text before the secret, which shows where it comes from, without the secret itself. */
const around = (bytes: Buffer, at: number): string =>
  `${JSON.stringify(bytes.toString('latin1', Math.max(0, at - 200), at + 4))}…`;
