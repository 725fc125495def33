import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

/** A key pair as text: base64 of the public key's SPKI and of the private key's PKCS #8, each what stands between the lines of a PEM file. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

const SIGNATURE_BYTES = 64;
const SPKI = { format: 'der', type: 'spki' } as const;
const PKCS8 = { format: 'der', type: 'pkcs8' } as const;

export function newKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: publicKey.export(SPKI).toString('base64'), privateKey: privateKey.export(PKCS8).toString('base64') };
}

/** The Ed25519 signature of a text, in base64. The same key and text always give the same one. */
export const signText = (privateKey: string, text: string): string =>
  sign(null, Buffer.from(text, 'utf8'), createPrivateKey({ key: Buffer.from(privateKey, 'base64'), ...PKCS8 })).toString('base64');

/** Whether the key's holder signed this text. Only one spelling of a signature counts. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = publicKeyIn(publicKey);
  const bytes = bytesIn(signature);
  return key !== null && bytes?.length === SIGNATURE_BYTES && verify(null, Buffer.from(text, 'utf8'), key, bytes);
}

export const isPublicKey = (text: string): boolean => publicKeyIn(text) !== null;

/** SHA-256 of the public key's SPKI in hex: what people compare. `openssl pkey -pubin -outform der | sha256sum` gives the same. */
export const fingerprintOf = (publicKey: string): string => createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');

/** The key, or null when the text is none, or not in the one spelling that `newKeyPair` gives. */
function publicKeyIn(text: string): KeyObject | null {
  const bytes = bytesIn(text);
  if (bytes === null) return null;
  try {
    const key = createPublicKey({ key: bytes, ...SPKI });
    return key.asymmetricKeyType === 'ed25519' && key.export(SPKI).equals(bytes) ? key : null;
  } catch {
    return null;
  }
}

/** Base64 has spare bits at its end: a text that another one would stand for as well is refused. */
function bytesIn(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
