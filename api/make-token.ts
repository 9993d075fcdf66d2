import { parseArgs } from 'node:util';
import { z } from 'zod';
import { SCOPES } from './deps.js';
import { signToken } from './sign-token.js';

const USAGE = 'npm run token -- --user UUID --tenant UUID [--email E] [--scope "exports:read …"] [--ttl 1h]';
const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const TTL = /^([1-9]\d{0,8})([smhd])$/;

const uuid = (name: string) => z.guid({ error: `--${name} must be a UUID` }).toLowerCase();
const schema = z.object({
  user: uuid('user'),
  tenant: uuid('tenant'),
  email: z.email({ error: '--email must be an e-mail address' }).optional(),
  scope: z
    .string()
    .transform((text) => text.split(' '))
    .pipe(z.array(z.enum(SCOPES, { error: `--scope must be of ${SCOPES.join(', ')}, with spaces between` })))
    .optional(),
  ttl: z.string().regex(TTL, '--ttl must be a time such as 90s, 30m, 1h or 7d').default('1h'),
});

function secondsOf(ttl: string): number {
  const [, amount, unit] = TTL.exec(ttl) ?? [];
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}

/**
 * A token as the arguments of `npm run token` ask for it.
 * @param secret `JWT_SECRET`
 * @throws Error with one sentence that says what is wrong
 */
export async function makeToken(args: readonly string[], secret: string | undefined): Promise<string> {
  if (secret === undefined || secret === '') throw new Error('JWT_SECRET is not set: it signs the token.');
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { user: text, tenant: text, email: text, scope: text, ttl: text },
  });
  const { success, data, error } = schema.safeParse(values);
  if (!success) throw new Error(`${error.issues.map(({ message }) => message).join('; ')}. Usage: ${USAGE}`);
  const { user: userId, tenant: tenantId, email, scope, ttl } = data;
  return signToken(secret, {
    userId,
    tenantId,
    ...(email === undefined ? {} : { email }),
    ...(scope === undefined ? {} : { scopes: scope }),
    ttlSeconds: secondsOf(ttl),
  });
}
