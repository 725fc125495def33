import sql from 'sql-template-tag';
import type { Db } from '../../db/pool.ts';
import { unwrapKey } from '../../lib/seal.ts';
import { StartError } from '../../lib/start-error.ts';

interface DataKey {
  readonly id: string;
  readonly wrapped: Buffer;
}

/** Throws `StartError` when the database has secrets that this master key does not open: another one sealed them. */
export async function refuseOtherMasterKey(db: Db, masterKey: Buffer): Promise<void> {
  const keys = await db.many<DataKey>(sql`select id, wrapped from data_keys order by id`);
  if (keys.every((key) => opens(masterKey, key))) return;
  throw new StartError(
    'MORTISE_MASTER_KEY is not the key that sealed the secrets in this database: set the one that was used before (the embedded database keeps it in master.key), or restore it from a backup.',
  );
}

function opens(masterKey: Buffer, { id, wrapped }: DataKey): boolean {
  try {
    unwrapKey(masterKey, wrapped, id);
    return true;
  } catch {
    return false; // whatever does not open was not sealed by this key
  }
}
