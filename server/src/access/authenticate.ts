import sql from 'sql-template-tag';
import type { Actor, PlatformRole, Role } from '../context.ts';
import type { Db } from '../db/pool.ts';
import { digestSecret } from '../lib/secret.ts';

interface KeyRow {
  id: string;
  kind: 'secret' | 'publishable' | 'bootstrap';
  role: Role | null;
  workspaceId: string | null;
  createdBy: string;
  origins: string[] | null;
}

/**
 * Who holds this bearer token, or null when nobody may use it (unknown, expired, revoked).
 * Looked up by digest on every request, so that a revoked key is gone at once.
 */
export async function authenticate(db: Db, token: string, now: Date): Promise<Actor | null> {
  const key = await db.maybe<KeyRow>({
    name: 'authenticate',
    ...pick(sql`
      select id, kind, role, workspace_id as "workspaceId", created_by as "createdBy", origins
      from api_keys
      where secret_digest = ${digestSecret(token)}
        and revoked_at is null
        and (expires_at is null or expires_at > ${now})`),
  });
  return key && actorOf(key);
}

const pick = (statement: { text: string; values: unknown[] }) => ({ text: statement.text, values: statement.values });

function actorOf(key: KeyRow): Actor {
  const platformRoles: PlatformRole[] = key.kind === 'bootstrap' ? ['admin'] : [];
  return {
    userId: key.kind === 'publishable' ? null : key.createdBy,
    keyId: key.id,
    roles: new Map(key.workspaceId !== null && key.role !== null && key.kind === 'secret' ? [[key.workspaceId, key.role]] : []),
    platformRoles: new Set(platformRoles),
    publicOnly: key.kind === 'publishable',
    ...(key.origins === null ? {} : { origins: key.origins }),
  };
}
