import { z } from 'zod';
import { readCommandLine, UsageError } from '../../shared/process/command-line.js';
import { NOT_AN_ID, SINGLE_TENANT, readReference } from '../../shared/identity/reference.js';
import { mailAddress } from '../../shared/mails/address.js';
import { SCOPES } from '../deps.js';
import { signToken } from './sign-token.js';
import { idClaims } from './token-claims.js';

const USAGE = `npm run token -- --user ID --tenant ID [--email E] [--scope "exports:read …"] [--ttl 1h]

  --user ID        user whose exports the token can create and see
  --tenant ID      tenant whose rows are exported; not needed if JWT_TENANT_CLAIM is empty
  --email E        address that gets an email when an export ends
  --scope SCOPES   any of ${SCOPES.join(', ')}, separated by spaces,
                   or each with a --scope of its own
  --ttl TIME       how long the token is valid, such as 90s, 30m, 1h (the default) or 7d

The token is signed with JWT_SECRET, or with the secret of the local stack that npm start runs here.`;
const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const TTL = /^([1-9]\d{0,8})([smhd])$/;

const id = (name: string) =>
  z.string({ error: `--${name} is required` }).refine((text) => readReference(text) !== null, `--${name} ${NOT_AN_ID}`);
const SCOPE_PROBLEM = { error: `--scope must be any of ${SCOPES.join(', ')}, separated by spaces` };
const schema = z.object({
  user: id('user'),
  tenant: id('tenant').optional(),
  email: z
    .string()
    .refine((text) => mailAddress.safeParse(text).success, '--email must be an email address')
    .optional(),
  scope: z
    .array(z.string())
    .transform((texts) => texts.flatMap((text) => text.split(' ')).filter((scope) => scope !== ''))
    .pipe(z.array(z.enum(SCOPES, SCOPE_PROBLEM)).min(1, SCOPE_PROBLEM))
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
 * @param claims names of the claims that hold the ids; without one for the tenant, `--tenant` is not needed
 * @throws UsageError with a sentence for invalid arguments
 * @throws Error without a secret
 */
export async function makeToken(
  args: readonly string[],
  secret: string | undefined,
  claims = idClaims(),
): Promise<string> {
  const text = { type: 'string' } as const;
  const options = { user: text, tenant: text, email: text, scope: { ...text, multiple: true }, ttl: text } as const;
  const { values } = readCommandLine(args, { usage: USAGE, options });
  const { success, data, error } = schema.safeParse(values);
  if (!success) throw new UsageError(`${error.issues.map(({ message }) => message).join('; ')}.`, USAGE);
  if (claims.tenant !== null && data.tenant === undefined) throw new UsageError('--tenant is required.', USAGE);
  if (secret === undefined || secret === '') {
    throw new Error("Set JWT_SECRET to the API's secret, or start the local stack with npm start.");
  }
  const { user: userId, tenant: tenantId = SINGLE_TENANT, email, scope, ttl } = data;
  const principal = {
    userId,
    tenantId,
    ...(email === undefined ? {} : { email }),
    ...(scope === undefined ? {} : { scopes: scope }),
  };
  return signToken(secret, { ...principal, ttlSeconds: secondsOf(ttl) }, claims);
}
