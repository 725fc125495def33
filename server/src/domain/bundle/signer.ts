import sql from 'sql-template-tag';
import type { Db } from '../../db/pool.ts';
import { fingerprintOf } from '../../lib/ed25519.ts';
import { Problem } from '../../lib/errors.ts';
import { loadPublicKey } from './signing-key.ts';

/** Who signed a bundle, as far as this server knows now. */
export interface Signer {
  readonly fingerprint: string;
  /** Null when nobody vouches for the key. */
  readonly name: string | null;
  readonly trusted: boolean;
}

export async function signerOf(db: Db, publicKey: string): Promise<Signer> {
  const fingerprint = fingerprintOf(publicKey);
  if (publicKey === (await loadPublicKey(db))) return { fingerprint, name: 'this server', trusted: true };
  const found = await db.maybe<{ name: string }>(sql`select name from trusted_signers where public_key = ${publicKey}`);
  return { fingerprint, name: found?.name ?? null, trusted: found !== null };
}

export function refuseUnknown({ fingerprint, trusted }: Signer, publicKey: string): void {
  if (trusted) return;
  throw new Problem(
    'unknown_signer',
    `Nobody here vouches for the key ${fingerprint} that signed the bundle: let a platform admin trust it, or send acceptUnknownSigner.`,
    { faults: [{ pointer: '/bundle/signature/publicKey', message: 'is not a trusted signer' }], facts: { fingerprint, publicKey } },
  );
}
