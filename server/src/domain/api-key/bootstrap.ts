import sql from 'sql-template-tag';
import type { Database, Tx } from '../../db/pool.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { digestSecret, newSecret } from '../../lib/secret.ts';
import { StartError } from '../../lib/start-error.ts';

const LOCK = 4_713_001;

/**
 * Sees to it that the platform admin and its bootstrap key exist. Returns the key's secret when this call made one up, which is the
 * only time it can be shown; a `fixed` secret replaces a different old key and is never returned. Throws `StartError` for a fixed secret
 * that was a key before: whoever revoked or replaced it meant it to be void for ever.
 */
export async function ensureBootstrap(database: Database, fixed: string | null, now: Date): Promise<string | null> {
  const made = fixed ?? newSecret('sec');
  const replaced = await minting(fixed === null ? made : null, database, async (tx) => {
    await tx.run(sql`select pg_advisory_xact_lock(${LOCK})`);
    const present = await tx.maybe<{ digest: Buffer }>(
      sql`select secret_digest as digest from api_keys where kind = 'bootstrap' and revoked_at is null`,
    );
    if (present !== null && (fixed === null || digestSecret(fixed).equals(present.digest))) return false;
    if (fixed !== null) await refuseUsed(tx, fixed);
    await replaceKey(tx, made, now);
    return true;
  });
  return replaced && fixed === null ? made : null;
}

async function refuseUsed(tx: Tx, fixed: string): Promise<void> {
  const used = await tx.maybe<{ kind: string }>(sql`select kind from api_keys where secret_digest = ${digestSecret(fixed)}`);
  if (used === null) return;
  const was = used.kind === 'bootstrap' ? 'a key that was revoked or replaced, and stays so' : 'a key of a workspace';
  throw new StartError(
    `MORTISE_BOOTSTRAP_KEY holds ${was}: set it to a new one (\`sec_\` and 32 random bytes in base64url), or remove it to go on with the key that is valid.`,
  );
}

/** Mints a new bootstrap key in place of a lost one. */
export async function resetBootstrap(database: Database, now: Date): Promise<string> {
  const secret = newSecret('sec');
  await minting(secret, database, async (tx) => {
    await tx.run(sql`select pg_advisory_xact_lock(${LOCK})`);
    await replaceKey(tx, secret, now);
  });
  return secret;
}

/** A transaction that fails once its work is done may have been committed all the same: then its `secret`, if any, is told with the error. */
async function minting<T>(secret: string | null, database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  let done = false;
  try {
    return await database.transaction(async (tx) => {
      done = false;
      const result = await work(tx);
      done = true;
      return result;
    });
  } catch (cause) {
    if (!done || secret === null) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`The database failed (${reason}) as it kept the platform admin's key. If it did, the key is:\n  ${secret}`, {
      cause,
    });
  }
}

async function replaceKey(tx: Tx, secret: string, now: Date): Promise<void> {
  const user = await platformAdmin(tx, now);
  await tx.run(sql`update api_keys set revoked_at = ${now} where kind = 'bootstrap' and revoked_at is null`);
  const id = newId(PREFIX.apiKey);
  await tx.run(sql`
    insert into api_keys (id, workspace_id, name, kind, role, secret_digest, created_by, created_at)
    values (${id}, null, 'bootstrap', 'bootstrap', null, ${digestSecret(secret)}, ${user}, ${now})`);
  await tx.run(sql`
    insert into events (id, workspace_id, type, actor_id, key_id, subject_id, request_id, data, created_at)
    values (${newId(PREFIX.event)}, null, 'api_key.created', ${user}, ${id}, ${id}, 'bootstrap', '{"kind":"bootstrap"}', ${now})`);
}

async function platformAdmin(tx: Tx, now: Date): Promise<string> {
  const email = 'admin@mortise.invalid';
  const found = await tx.maybe<{ id: string }>(sql`select id from users where lower(email) = ${email}`);
  if (found !== null) return found.id;
  const id = newId(PREFIX.user);
  await tx.run(sql`
    insert into users (id, email, name, platform_roles, created_at, updated_at)
    values (${id}, ${email}, 'Platform admin', '{admin}', ${now}, ${now})`);
  return id;
}
