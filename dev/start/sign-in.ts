import { signToken } from '../../api/access/sign-token.js';
import { idClaims, type IdClaims } from '../../api/access/token-claims.js';
import type { UserRef } from '../../shared/contract.js';
import type { DatasetRegistry } from '../../shared/datasets/index.js';
import { NOT_AN_ID, readReference, SINGLE_TENANT } from '../../shared/identity/reference.js';
import { parseTokenConfig } from '../../shared/startup/config.js';
import { NORTHWIND } from '../sample-data/tenants.js';
import type { Progress } from '../stack/progress.js';
import { given, type Environment } from '../stack/stack-env.js';
import { StackError } from '../stack/stack-error.js';
import type { Stack } from '../stack/stack.js';
import { findOwner, type ChosenIds, type RowOwner } from './find-owner.js';

/** The user who makes the sample export, and is signed in to the web page. */
export interface SignedIn {
  readonly userId: string;
  readonly email: string;
  /** Valid for a week, so that you can try the API. */
  readonly token: string;
}

const TOKEN_SECONDS = 7 * 86_400;
const [ANA] = NORTHWIND.users;
/** If no row names a user: most tables have only a tenant. */
const ANYBODY = { id: 'user_1', email: 'user@example.com' };

/**
 * Signs in SAMPLE_USER of SAMPLE_TENANT. By default, that is a user of the sample shop or, with own datasets, the owner
 * of one of their rows, because any other tenant would get empty files.
 * @throws StackError if an id isn't one, or the source database can't be reached
 */
export async function signIn(
  { env, sourceOwnerUrl }: Stack,
  own: DatasetRegistry | undefined,
  environment: Environment,
  progress: Progress,
): Promise<SignedIn> {
  const { JWT_USER_CLAIM, JWT_TENANT_CLAIM } = parseTokenConfig(environment);
  const claims = idClaims(JWT_USER_CLAIM, JWT_TENANT_CLAIM);
  const chosen = {
    tenantId: claims.tenant === null ? SINGLE_TENANT : chosenId(environment, 'SAMPLE_TENANT'),
    userId: chosenId(environment, 'SAMPLE_USER'),
  };
  const row = own === undefined ? undefined : await findOwner(sourceOwnerUrl ?? env.SOURCE_DATABASE_URL, own, chosen);
  const userId = chosen.userId ?? row?.userId ?? (own === undefined ? ANA.id : ANYBODY.id);
  const tenantId = chosen.tenantId ?? row?.tenantId ?? NORTHWIND.id;
  const email = userId === ANA.id ? ANA.email : ANYBODY.email;
  const owner = { userId, tenantId, email };
  const token = await signToken(env.JWT_SECRET, { ...owner, ttlSeconds: TOKEN_SECONDS }, claims);
  if (own !== undefined) progress.line(`  ${sentence(owner, row, chosen, claims)}`);
  return { userId, email, token };
}

/** @throws StackError if the variable has a value that isn't an id */
function chosenId(environment: Environment, name: string): string | undefined {
  const text = given(environment, name);
  if (text === undefined) return undefined;
  const id = readReference(text);
  if (id === null) throw new StackError(`${name} ${NOT_AN_ID}.`);
  return id;
}

/** Says who is signed in, why, and how to change it. */
function sentence(
  { userId, tenantId }: UserRef,
  row: RowOwner | undefined,
  chosen: ChosenIds,
  { tenant }: IdClaims,
): string {
  const who = `Signed in as ${userId}${tenant === null ? '' : ` of tenant ${tenantId}`}`;
  if (chosen.tenantId !== undefined && chosen.userId !== undefined) return `${who}.`;
  const variables = tenant === null ? 'SAMPLE_USER' : 'SAMPLE_USER and SAMPLE_TENANT';
  const change = `Set ${variables} to sign in as somebody else.`;
  if (row === undefined) return `${who}, because no row with an owner was found. ${change}`;
  const what = row.userId === undefined ? 'tenant' : 'owner';
  return `${who}, the ${what} of a row of ${row.dataset}. ${change}`;
}
