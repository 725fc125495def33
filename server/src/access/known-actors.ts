import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../context.ts';
import { digestSecret } from '../lib/secret.ts';

/** What a key may do never changes, only whether it is still valid: so a read can carry that question along instead of asking first. */
export class KnownActors {
  readonly #actors = new Map<string, Actor>();
  /** What each connection showed last: its next request shows the same, as a rule, and is spared the digest. */
  readonly #shown = new WeakMap<object, { readonly header: string; readonly actor: Actor }>();
  readonly #size: number;

  constructor(size = 10_000) {
    this.#size = size;
  }

  /** Who held the token in this header when it was last looked up. They may hold it no more: see `stillValid`. */
  recall(header: string, connection: object): Actor | null {
    const shown = this.#shown.get(connection);
    if (shown?.header === header) return shown.actor;
    const token = bearerToken(header);
    const actor = token === null ? undefined : this.#actors.get(digestOf(token));
    if (actor === undefined) return null;
    this.#shown.set(connection, { header, actor });
    return actor;
  }

  /** The first is kept: statements are kept for each actor, and two of one key would each have their own. */
  remember(token: string, actor: Actor): void {
    const digest = digestOf(token);
    if (this.#actors.has(digest)) return;
    if (this.#actors.size === this.#size) this.#actors.clear();
    this.#actors.set(digest, actor);
  }
}

/** The token in an Authorization header, or null where it has none. */
export const bearerToken = (header: string): string | null => /^Bearer +([\w~+/.-]+=*)$/i.exec(header)?.[1] ?? null;

const digestOf = (token: string): string => digestSecret(token).toString('base64');

/** True while the actor's key is neither revoked nor expired: holds for the very statement that it stands in. */
export const stillValid = (actor: Actor, now: Date): Sql =>
  sql`exists (select 1 from api_keys k where k.id = ${actor.keyId} and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now.toISOString()}::timestamptz))`;
