import { hash, randomBytes } from 'node:crypto';

/** Secret key, publishable key, session token. */
export type SecretKind = 'sec' | 'pub' | 'tok';

/** A new bearer secret: its kind, and 32 random bytes in base64url. */
export const newSecret = (kind: SecretKind): string => `${kind}_${randomBytes(32).toString('base64url')}`;

/** SHA-256 of a secret, the only form in which it is stored. A plain hash will do: 256 random bits cannot be guessed. */
export const digestSecret = (text: string): Buffer => hash('sha256', text, 'buffer');
