import { isPublicKey, isSignedBy } from '../../lib/ed25519.ts';
import { Problem } from '../../lib/errors.ts';
import { contentDigest } from './content-text.ts';
import type { Bundle } from './schema.ts';
import { statementText } from './statement.ts';

/** Refuses a bundle of which any part is not what its signer signed. Who that is, and whether to trust them, is another question. */
export async function refuseAltered(bundle: Bundle): Promise<void> {
  const { publicKey, value } = bundle.signature;
  if (!isPublicKey(publicKey)) throw altered('/bundle/signature/publicKey', 'is not an Ed25519 public key');
  if (!isSignedBy(publicKey, statementText(bundle), value))
    throw altered('/bundle/signature/value', 'is not the signature of this digest, format, integration and publishedAt by that key');
  const digest = await contentDigest(bundle.content);
  if (digest !== bundle.digest) throw altered('/bundle/content', `has the digest ${digest}, but ${bundle.digest} was signed`);
}

const altered = (pointer: string, message: string): Problem =>
  new Problem('altered_bundle', `${pointer} ${message}. Get the bundle again from the server that exported it.`, {
    faults: [{ pointer, message }],
  });
