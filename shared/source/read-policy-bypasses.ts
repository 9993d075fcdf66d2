import type { Dataset } from '../datasets/define-dataset.js';
import type { PoolClient } from '../postgres.js';
import { regclass } from './read-catalog.js';

/** A table whose row-level security doesn't apply to the role that reads it for a dataset. */
export interface PolicyBypass {
  /** Schema and name. */
  readonly table: string;
  /** The role whose rights apply: the source role, or the owner of a view without security_invoker. */
  readonly role: string;
  /** The problem and the fix, in sentences for the operator. */
  readonly sentence: string;
}

interface Found {
  readonly table: string;
  readonly role: string;
  readonly owner: string;
  /** Null: the dataset reads the table directly, with the source role's rights. */
  readonly view: string | null;
  readonly reason: 'superuser' | 'bypassrls' | 'owner';
}

/**
 * The tables that a dataset reads, directly or through views, each with the role whose rights PostgreSQL checks: the
 * session's role for a view with security_invoker, otherwise the view's owner. Materialized views store their own rows
 * and cannot have policies.
 */
const BYPASSES = `
  WITH RECURSIVE me AS (SELECT oid FROM pg_roles WHERE rolname = current_user),
  reads (relation, role, via) AS (
    SELECT c.oid, me.oid, NULL::oid FROM pg_class c, me WHERE c.oid = ${regclass('$2::text', '$1::text')}
    UNION
    SELECT d.refobjid, CASE WHEN o.invoker THEN me.oid ELSE v.relowner END, CASE WHEN o.invoker THEN NULL ELSE v.oid END
    FROM reads JOIN pg_class v ON v.oid = reads.relation AND v.relkind = 'v' CROSS JOIN me
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_options_to_table(v.reloptions)
      WHERE option_name = 'security_invoker' AND option_value::boolean) AS invoker) o
    JOIN pg_rewrite w ON w.ev_class = v.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid)
  SELECT format('%I.%I', n.nspname, t.relname) AS table, r.rolname::text AS role,
    pg_get_userbyid(t.relowner)::text AS owner,
    (SELECT format('%I.%I', m.nspname, v.relname) FROM pg_class v JOIN pg_namespace m ON m.oid = v.relnamespace
     WHERE v.oid = reads.via) AS view,
    CASE WHEN r.rolsuper THEN 'superuser' WHEN r.rolbypassrls THEN 'bypassrls' ELSE 'owner' END AS reason
  FROM reads JOIN pg_class t ON t.oid = reads.relation AND t.relrowsecurity
  JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_roles r ON r.oid = reads.role
  WHERE r.rolsuper OR r.rolbypassrls OR (NOT t.relforcerowsecurity AND pg_has_role(r.oid, t.relowner, 'USAGE'))
  ORDER BY 1, 2, 4 NULLS FIRST`;

/** Policies that do not apply to exports of a dataset. A table without row-level security has none to bypass. */
export async function readPolicyBypasses(
  client: Pick<PoolClient, 'query'>,
  { schema, table }: Pick<Dataset, 'schema' | 'table'>,
): Promise<PolicyBypass[]> {
  const { rows } = await client.query<Found>(BYPASSES, [table, schema ?? '']);
  return rows.map((found) => ({ table: found.table, role: found.role, sentence: sentenceOf(found) }));
}

function sentenceOf(found: Found): string {
  const { table, role, view } = found;
  return view === null
    ? `Row-level security of ${table} is bypassed: the source role ${role} ${why(found)}. ${remedy(found)}`
    : `Row-level security of ${table} is bypassed: view ${view} reads it as the view's owner, ${role}, who ${why(found)}. ` +
        `Run: ALTER VIEW ${view} SET (security_invoker = true);`;
}

function why({ reason, role, owner }: Found): string {
  if (reason === 'superuser') return 'is a superuser';
  if (reason === 'bypassrls') return 'has BYPASSRLS';
  return role === owner ? 'owns the table' : `is a member of ${owner}, which owns the table`;
}

function remedy({ reason, table }: Found): string {
  const another = 'Use a role in SOURCE_DATABASE_URL that owns nothing and can only read';
  return reason === 'owner' ? `${another}, or run: ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;` : `${another}.`;
}
