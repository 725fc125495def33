import type pg from 'pg';
import { StartError } from '../lib/start-error.ts';

/** The role that the server works in: it owns nothing, and may do what the migrations grant. */
export const APP_ROLE = 'mortise_app';

/** What another server, starting at the same moment on the same cluster, may make our statement fail with: it did the same. */
const RACED = new Set(['42710', '23505', 'XX000']);
const FORBIDDEN = '42501';

/**
 * Sees to it that the role exists and that the owner may change into it. Roles belong to the whole PostgreSQL server, so other databases
 * and servers may be at it at the same time. Throws `StartError` with what a DBA has to run where the owner may not.
 */
export async function ensureRole(owner: pg.ClientBase): Promise<void> {
  if (!(await roleOf(owner)).present) await unlessRaced(owner, `create role ${APP_ROLE} nologin`);
  if (!(await roleOf(owner)).usable) await unlessRaced(owner, `grant ${APP_ROLE} to current_user`);
  const { powerful, usable } = await roleOf(owner);
  if (powerful)
    throw new StartError(`The role ${APP_ROLE} is a superuser or bypasses row security: alter role ${APP_ROLE} nosuperuser nobypassrls;`);
  if (!usable) throw await remedy(owner);
}

interface RoleState {
  present: boolean;
  /** Whether the owner may `set role` to it. */
  usable: boolean;
  powerful: boolean;
}

async function roleOf(owner: pg.ClientBase): Promise<RoleState> {
  const { rows } = await owner.query<Omit<RoleState, 'present'>>(
    `select rolsuper or rolbypassrls as powerful,
       pg_has_role(current_user, oid, case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) as usable
     from pg_roles where rolname = '${APP_ROLE}'`,
  );
  const [role] = rows;
  return role === undefined ? { present: false, usable: false, powerful: false } : { present: true, ...role };
}

async function unlessRaced(owner: pg.ClientBase, statement: string): Promise<void> {
  try {
    await owner.query(statement);
  } catch (error) {
    const state = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (state === FORBIDDEN) throw await remedy(owner);
    if (!RACED.has(state)) throw error;
  }
}

async function remedy(owner: pg.ClientBase): Promise<StartError> {
  const { present } = await roleOf(owner);
  const { rows } = await owner.query<{ name: string }>(`select quote_ident(current_user) as name`);
  const statements = [...(present ? [] : [`create role ${APP_ROLE} nologin;`]), `grant ${APP_ROLE} to ${rows[0]?.name};`];
  return new StartError(
    `The user ${rows[0]?.name} of DATABASE_URL may not set up the role that the server works in. A superuser has to run once:\n  ` +
      statements.join('\n  '),
  );
}
