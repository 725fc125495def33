import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { digestSecret, newSecret } from './secret.ts';

it('a secret is its kind and 256 random bits in base64url, never the same twice', () => {
  for (const kind of ['sec', 'pub', 'tok'] as const) expect(newSecret(kind)).toMatch(new RegExp(`^${kind}_[A-Za-z0-9_-]{43}$`));
  expect(new Set(Array.from({ length: 1000 }, () => newSecret('sec'))).size).toBe(1000);
});

it('the digest is SHA-256 of the whole secret', () => {
  expect(digestSecret('sec_x').equals(createHash('sha256').update('sec_x').digest())).toBe(true);
});
