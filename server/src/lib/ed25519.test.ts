import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf, isPublicKey, isSignedBy, newKeyPair, signText } from './ed25519.ts';

const keys = newKeyPair();
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=';
const anotherCharacter = (text: string) =>
  fc
    .tuple(fc.nat(text.length - 1), fc.constantFrom(...ALPHABET))
    .filter(([index, character]) => text[index] !== character)
    .map(([index, character]) => text.slice(0, index) + character + text.slice(index + 1));

describe('Ed25519', () => {
  test('what a key signed is signed by it, and by no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const signature = signText(keys.privateKey, text);
        expect(isSignedBy(keys.publicKey, text, signature)).toBe(true);
        expect(isSignedBy(newKeyPair().publicKey, text, signature)).toBe(false);
        expect(isSignedBy(keys.publicKey, `${text}.`, signature)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('a signature or key with any other character is refused, also where base64 would not tell the difference', () => {
    const signature = signText(keys.privateKey, 'text');
    fc.assert(fc.property(anotherCharacter(signature), (altered) => !isSignedBy(keys.publicKey, 'text', altered)));
    fc.assert(fc.property(anotherCharacter(keys.publicKey), (altered) => !isSignedBy(altered, 'text', signature)));
  });

  test.each([
    ['nothing', ''],
    ['noise', 'not a key'],
    ['a PEM', `-----BEGIN PUBLIC KEY-----\n${keys.publicKey}\n-----END PUBLIC KEY-----`],
    ['a private key', keys.privateKey],
    ['a key of another kind', generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')],
    ['a key with something behind it', Buffer.concat([Buffer.from(keys.publicKey, 'base64'), Buffer.of(0, 0, 0)]).toString('base64')],
  ])('%s is no public key', (_what, text) => {
    expect(isPublicKey(text)).toBe(false);
  });

  test('the fingerprint is the one that openssl and sha256sum give', ({ skip }) => {
    const pem = `-----BEGIN PUBLIC KEY-----\n${keys.publicKey}\n-----END PUBLIC KEY-----\n`;
    let der: Buffer;
    try {
      der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: pem, stdio: ['pipe', 'pipe', 'ignore'] });
    } catch {
      return skip('openssl is not there');
    }
    const sum = execFileSync('sha256sum', { input: der }).toString();
    expect(sum.split(' ')[0]).toBe(fingerprintOf(keys.publicKey));
  });
});
