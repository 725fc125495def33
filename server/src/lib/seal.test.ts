import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { open, seal, unwrapKey, wrapKey } from './seal.ts';

const key = randomBytes(32);
const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
};

describe('a sealed secret', () => {
  it('opens to what went in', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string(),
        (text, aad) => void expect(open(key, seal(key, text, aad), aad)).toBe(text),
      ),
    );
  });

  it('does not open for another owner (SEC-02)', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, a, b) => {
        fc.pre(a !== b);
        expect(() => open(key, seal(key, text, a), b)).toThrow('do not open');
      }),
    );
  });

  it('does not open with another key', () => {
    expect(() => open(randomBytes(32), seal(key, 'x', 'a'), 'a')).toThrow('do not open');
  });

  it('does not open with any bit flipped: version, nonce, tag, ciphertext', () => {
    const sealed = seal(key, 'secret', 'wsp/aut');
    for (let bit = 0; bit < sealed.length * 8; bit++) expect(() => open(key, flipped(sealed, bit), 'wsp/aut')).toThrow();
  });

  it('does not open cut short or made longer', () => {
    const sealed = seal(key, 'secret', 'a');
    for (let length = 0; length < sealed.length; length++) expect(() => open(key, sealed.subarray(0, length), 'a')).toThrow();
    expect(() => open(key, Buffer.concat([sealed, Buffer.of(0)]), 'a')).toThrow('do not open');
  });

  it('looks different each time, and shows nothing of the text', () => {
    const sealed = seal(key, 'canary-canary', 'a');
    expect(seal(key, 'canary-canary', 'a').equals(sealed)).toBe(false);
    expect(sealed.includes('canary')).toBe(false);
    expect(sealed.readUInt8(0)).toBe(1);
  });
});

describe('a wrapped key', () => {
  const dataKey = randomBytes(32);

  it('unwraps under the same master key and id only', () => {
    const wrapped = wrapKey(key, dataKey, 'dat_1');
    expect(unwrapKey(key, wrapped, 'dat_1').equals(dataKey)).toBe(true);
    expect(() => unwrapKey(key, wrapped, 'dat_2')).toThrow('do not open');
    expect(() => unwrapKey(randomBytes(32), wrapped, 'dat_1')).toThrow('do not open');
    for (let bit = 0; bit < wrapped.length * 8; bit++) expect(() => unwrapKey(key, flipped(wrapped, bit), 'dat_1')).toThrow();
  });

  it('is not a secret, nor a secret a key', () => {
    expect(() => open(key, wrapKey(key, dataKey, 'x'), 'x')).toThrow('do not open');
    expect(() => unwrapKey(key, seal(key, 'text', 'x'), 'x')).toThrow('do not open');
  });
});
