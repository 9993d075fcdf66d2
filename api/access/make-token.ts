import { z } from 'zod';
import { readCommandLine, UsageError } from '../../shared/process/command-line.js';
import { mailAddress } from '../../shared/mails/address.js';
import { SCOPES } from '../deps.js';
import { signToken } from './sign-token.js';

const USAGE = `npm run token -- --user UUID --tenant UUID [--email E] [--scope "exports:read …"] [--ttl 1h]

  --user UUID      user whose exports the token can create and see
  --tenant UUID    tenant whose rows are exported
  --email E        address that gets an email when an export ends
  --scope SCOPES   some of ${SCOPES.join(', ')}, separated by spaces
  --ttl TIME       how long the token is valid, such as 90s, 30m, 1h (the default) or 7d

The token is signed with JWT_SECRET, or with the secret of the local stack that npm start runs here.`;
const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const TTL = /^([1-9]\d{0,8})([smhd])$/;

const uuid = (name: string) => z.guid({ error: `--${name} must be a UUID` }).toLowerCase();
const schema = z.object({
  user: uuid('user'),
  tenant: uuid('tenant'),
  email: z
    .string()
    .refine((text) => mailAddress.safeParse(text).success, '--email must be an email address')
    .optional(),
  scope: z
    .string()
    .transform((text) => text.split(' '))
    .pipe(z.array(z.enum(SCOPES, { error: `--scope must be of ${SCOPES.join(', ')}, separated by spaces` })))
    .optional(),
  ttl: z.string().regex(TTL, '--ttl must be a time such as 90s, 30m, 1h or 7d').default('1h'),
});

function secondsOf(ttl: string): number {
  const [, amount, unit] = TTL.exec(ttl) ?? [];
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}

/**
 * Creates the token for the arguments of `npm run token`.
 * @param secret `JWT_SECRET`
 * @throws UsageError with a sentence for invalid arguments
 * @throws Error without a secret
 */
export async function makeToken(args: readonly string[], secret: string | undefined): Promise<string> {
  const text = { type: 'string' } as const;
  const options = { user: text, tenant: text, email: text, scope: text, ttl: text };
  const { values } = readCommandLine(args, { usage: USAGE, options });
  const { success, data, error } = schema.safeParse(values);
  if (!success) throw new UsageError(`${error.issues.map(({ message }) => message).join('; ')}.`, USAGE);
  if (secret === undefined || secret === '') {
    throw new Error("Set JWT_SECRET to the API's secret, or start the local stack with npm start.");
  }
  const { user: userId, tenant: tenantId, email, scope, ttl } = data;
  return signToken(secret, {
    userId,
    tenantId,
    ...(email === undefined ? {} : { email }),
    ...(scope === undefined ? {} : { scopes: scope }),
    ttlSeconds: secondsOf(ttl),
  });
}
