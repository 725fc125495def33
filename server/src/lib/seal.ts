import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Layout of sealed bytes: version ‖ nonce (12) ‖ tag (16) ‖ ciphertext. */
const VERSION = Buffer.of(1);
const NONCE = 12;
const TAG = 16;
const HEAD = VERSION.length + NONCE + TAG;
const CIPHER = 'aes-256-gcm';

/**
 * Encrypts `plaintext` by AES-256-GCM under `key` (32 bytes). `aad` says what the secret belongs to; it is not stored, and
 * the bytes open only with the same one.
 */
export const seal = (key: Buffer, plaintext: string, aad: string): Buffer => encrypt(key, Buffer.from(plaintext, 'utf8'), secretAad(aad));

/** The plaintext of what `seal` made. Throws when the key, the aad or any byte is another one. */
export const open = (key: Buffer, sealed: Buffer, aad: string): string => decrypt(key, sealed, secretAad(aad)).toString('utf8');

/** Encrypts a data key under the master key, bound to the data key's id. */
export const wrapKey = (masterKey: Buffer, dataKey: Buffer, id: string): Buffer => encrypt(masterKey, dataKey, keyAad(id));

/** The data key that `wrapKey` wrapped. Throws when the master key, the id or any byte is another one. */
export const unwrapKey = (masterKey: Buffer, wrapped: Buffer, id: string): Buffer => decrypt(masterKey, wrapped, keyAad(id));

/** Two spaces of aad: a wrapped key never opens as a secret, even under the same key. */
const secretAad = (aad: string): Buffer => Buffer.concat([VERSION, Buffer.from(`secret:${aad}`, 'utf8')]);
const keyAad = (id: string): Buffer => Buffer.concat([VERSION, Buffer.from(`key:${id}`, 'utf8')]);

function encrypt(key: Buffer, plain: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(aad);
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), text]);
}

function decrypt(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  if (sealed.length < HEAD || !sealed.subarray(0, VERSION.length).equals(VERSION))
    throw new Error('these bytes were not sealed by this server');
  const nonce = sealed.subarray(VERSION.length, VERSION.length + NONCE);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(VERSION.length + NONCE, HEAD));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD)), decipher.final()]);
  } catch (cause) {
    throw new Error('the sealed bytes do not open: another key, another owner, or altered bytes', { cause });
  }
}
