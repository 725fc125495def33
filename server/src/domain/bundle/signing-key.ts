import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import type { Database, Db } from '../../db/pool.ts';
import { fingerprintOf, type KeyPair, newKeyPair } from '../../lib/ed25519.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { type Reply, reply } from '../../route.ts';
import { openSecret, type SealedFor, sealSecret } from '../auth-state/vault.ts';

interface Row {
  id: string;
  publicKey: string;
  dataKeyId: string;
  sealed: Buffer;
}

/** The key belongs to the server, not to a workspace. */
const sealedFor = (id: string): SealedFor => ({ workspaceId: 'server', id });

/** Sees to it that the server has its key pair. Of several servers that start on one database at once, one makes it. */
export async function ensureSigningKey(database: Database, masterKey: Buffer, now: Date): Promise<void> {
  await database.transaction(async (tx) => {
    if ((await tx.maybe(sql`select 1 from signing_keys`)) !== null) return;
    const { publicKey, privateKey } = newKeyPair();
    const id = newId(PREFIX.signingKey);
    const { dataKeyId, sealed } = await sealSecret({ db: tx, masterKey, now }, sealedFor(id), { privateKey });
    await tx.run(sql`
      insert into signing_keys (id, public_key, data_key_id, sealed_private_key, created_at)
      values (${id}, ${publicKey}, ${dataKeyId}, ${sealed}, ${now})
      on conflict do nothing`);
  });
}

const loadRow = (db: Db): Promise<Row> =>
  db.one<Row>(sql`select id, public_key as "publicKey", data_key_id as "dataKeyId", sealed_private_key as sealed from signing_keys`);

export async function loadPublicKey(db: Db): Promise<string> {
  return (await loadRow(db)).publicKey;
}

export async function loadSigningKey(ctx: ReadCtx): Promise<KeyPair> {
  const { id, publicKey, ...sealed } = await loadRow(ctx.db);
  const { privateKey } = await openSecret<{ privateKey: string }>(ctx, sealedFor(id), sealed);
  return { publicKey, privateKey };
}

export async function getSigningKey(ctx: ReadCtx): Promise<Reply> {
  const publicKey = await loadPublicKey(ctx.db);
  return reply({ algorithm: 'Ed25519', publicKey, fingerprint: fingerprintOf(publicKey) });
}
