import { randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import { open, seal, unwrapKey, wrapKey } from '../../lib/seal.ts';

/** What a sealed secret belongs to. Bound into the seal: a ciphertext moved to another row or workspace does not open. */
export interface SealedFor {
  readonly workspaceId: string;
  readonly id: string;
}

export interface Sealed {
  readonly dataKeyId: string;
  readonly sealed: Buffer;
}

/** What of a verb's power sealing and opening take. */
type Sealing = Pick<WriteCtx, 'db' | 'masterKey' | 'now'>;
type Opening = Pick<ReadCtx, 'db' | 'masterKey'>;

interface DataKey {
  id: string;
  wrapped: Buffer;
}

/** Seals a secret under the newest data key, making the first one when there is none. */
export async function sealSecret(ctx: Sealing, owner: SealedFor, secret: object): Promise<Sealed> {
  const { id, wrapped } = (await newestDataKey(ctx)) ?? (await createDataKey(ctx));
  const key = unwrapKey(ctx.masterKey, wrapped, id);
  return { dataKeyId: id, sealed: seal(key, JSON.stringify(secret), boundTo(owner, id)) };
}

/** What `sealSecret` sealed for this owner. Throws when it was sealed for another one, or under another master key. */
export async function openSecret<T extends object>(ctx: Opening, owner: SealedFor, { dataKeyId, sealed }: Sealed): Promise<T> {
  const { wrapped } = await ctx.db.one<{ wrapped: Buffer }>(sql`select wrapped from data_keys where id = ${dataKeyId}`);
  return JSON.parse(open(unwrapKey(ctx.masterKey, wrapped, dataKeyId), sealed, boundTo(owner, dataKeyId))) as T;
}

/** The additional authenticated data of a sealed secret. */
export const boundTo = (owner: SealedFor, dataKeyId: string): string => `${owner.workspaceId}/${owner.id}/${dataKeyId}`;

const newestDataKey = (ctx: Opening): Promise<DataKey | null> =>
  ctx.db.maybe<DataKey>(sql`select id, wrapped from data_keys order by created_at desc, id desc limit 1`);

async function createDataKey(ctx: Sealing): Promise<DataKey> {
  const id = newId(PREFIX.dataKey);
  const wrapped = wrapKey(ctx.masterKey, randomBytes(32), id);
  await ctx.db.run(sql`insert into data_keys (id, wrapped, created_at) values (${id}, ${wrapped}, ${ctx.now})`);
  return { id, wrapped };
}
