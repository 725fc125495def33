import type { Logger } from 'pino';
import type { Db, Tx } from './db/pool.ts';
import type { Kinds } from './lib/kinds.ts';

/** What a member of a workspace may do; each role includes the ones before it. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const PLATFORM_ROLES = ['reviewer', 'admin'] as const;
export type PlatformRole = (typeof PLATFORM_ROLES)[number];

/** Who is asking, with all the power they have and no more. Built by `access/authenticate.ts`. */
export interface Actor {
  /** The user who acts; for a secret key, the user who minted it, in whose name it acts. A publishable key acts in nobody's: null. */
  readonly userId: string | null;
  readonly keyId: string | null;
  /** workspace id → role in it. A key has exactly one; its creator's other memberships do not count. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly platformRoles: ReadonlySet<PlatformRole>;
  /** A publishable key: sees the public marketplace, nothing else. */
  readonly publicOnly: boolean;
  /** Origins of the pages that may use the key; absent: any that the server lets in. */
  readonly origins?: readonly string[];
}

/** What a verb may touch. `now` is the door's clock, read once per request. */
export interface Ctx {
  readonly actor: Actor;
  readonly now: Date;
  readonly requestId: string;
  /** The server's: say `requestId` with what is logged. */
  readonly log: Logger;
  readonly kinds: Kinds;
  /** Wraps the data keys under which secrets are sealed; 32 bytes. */
  readonly masterKey: Buffer;
}

/** A reading verb's power: one connection, no writes. */
export interface ReadCtx extends Ctx {
  readonly db: Db;
}

/** The power of a verb that writes step by step: reads of its own, and a transaction for each step, which waits for its turn like any other write. */
export interface StepCtx extends ReadCtx {
  /** What it did stays done, whatever becomes of later steps. Rolls back when `work` throws. */
  readonly step: <T>(work: (ctx: WriteCtx) => Promise<T>) => Promise<T>;
}

/** A writing verb's power: the door's transaction. It commits when the verb returns, and rolls back when it throws. */
export interface WriteCtx extends ReadCtx {
  readonly db: Tx;
}
