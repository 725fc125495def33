import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../context.ts';
import { digestSecret } from '../lib/secret.ts';

/** What a key may do never changes, only whether it is still valid: so a read can carry that question along instead of asking first. */
export class KnownActors {
  readonly #actors = new Map<string, Actor>();
  readonly #size: number;

  constructor(size = 10_000) {
    this.#size = size;
  }

  /** Who held this token when it was last looked up. They may hold it no more: see `stillValid`. */
  recall(token: string): Actor | null {
    return this.#actors.get(digestOf(token)) ?? null;
  }

  remember(token: string, actor: Actor): void {
    if (this.#actors.size === this.#size) this.#actors.clear();
    this.#actors.set(digestOf(token), actor);
  }
}

const digestOf = (token: string): string => digestSecret(token).toString('base64');

/** True while the actor's key is neither revoked nor expired: holds for the very statement that it stands in. */
export const stillValid = (actor: Actor, now: Date): Sql =>
  sql`exists (select 1 from api_keys k where k.id = ${actor.keyId} and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now}))`;
