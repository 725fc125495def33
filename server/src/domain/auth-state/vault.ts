import { randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { seal, unwrapKey, wrapKey } from '../../lib/seal.ts';

/** What a sealed secret belongs to. Bound into the seal: a ciphertext moved to another row or workspace does not open. */
export interface SealedFor {
  readonly workspaceId: string;
  readonly id: string;
}

export interface Sealed {
  readonly dataKeyId: string;
  readonly sealed: Buffer;
}

interface DataKey {
  id: string;
  wrapped: Buffer;
}

/** Seals a secret under the newest data key, making the first one when there is none. */
export async function sealSecret(ctx: WriteCtx, owner: SealedFor, secret: object): Promise<Sealed> {
  const { id, wrapped } = (await newestDataKey(ctx)) ?? (await createDataKey(ctx));
  const key = unwrapKey(ctx.masterKey, wrapped, id);
  return { dataKeyId: id, sealed: seal(key, JSON.stringify(secret), boundTo(owner, id)) };
}

/** The additional authenticated data of a sealed secret. */
export const boundTo = (owner: SealedFor, dataKeyId: string): string => `${owner.workspaceId}/${owner.id}/${dataKeyId}`;

const newestDataKey = (ctx: WriteCtx): Promise<DataKey | null> =>
  ctx.db.maybe<DataKey>(sql`select id, wrapped from data_keys order by created_at desc, id desc limit 1`);

async function createDataKey(ctx: WriteCtx): Promise<DataKey> {
  const id = newId(PREFIX.dataKey);
  const wrapped = wrapKey(ctx.masterKey, randomBytes(32), id);
  await ctx.db.run(sql`insert into data_keys (id, wrapped, created_at) values (${id}, ${wrapped}, ${ctx.now})`);
  return { id, wrapped };
}
