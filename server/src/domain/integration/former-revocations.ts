/**
 * Versions that were revoked before contents were remembered. A migration cannot tell a content's digest, so the server lists them behind
 * its start: each in a transaction of its own, so that one that is stopped goes on where it was, and several servers do no harm.
 */
import type { Logger } from 'pino';
import sql from 'sql-template-tag';
import type { Actor, WriteCtx } from '../../context.ts';
import type { Database } from '../../db/pool.ts';
import type { Kinds } from '../../lib/kinds.ts';
import { lockVersion } from './lock-version.ts';
import { lockCopies, revokeContent } from './revoked-content.ts';
import { settleCopies } from './yank.ts';

/** Whoever revoked it did so long ago. */
const NOBODY: Actor = { userId: null, keyId: null, roles: new Map(), platformRoles: new Set(), publicOnly: false };

export interface Listing {
  readonly database: Database;
  readonly masterKey: Buffer;
  readonly kinds: Kinds;
  readonly log: Logger;
  readonly clock: () => Date;
}

/** Lists what is not listed yet, until all is or the signal comes. Throws what the database throws: what was done until then stays done. */
export async function listFormerRevocations(server: Listing, stop: AbortSignal): Promise<void> {
  for (let id = await nextOf(server); id !== null && !stop.aborted; id = await nextOf(server)) {
    const versionId = id;
    await server.database.transaction((db) => listRevocation(ctxOf(server, db), versionId));
    server.log.info({ versionId }, 'the content of a version that was revoked is listed');
  }
}

async function nextOf({ database }: Listing): Promise<string | null> {
  const next = await database.db.maybe<{ id: string }>(
    sql`select integration_version_id as id from unlisted_revocations order by integration_version_id limit 1`,
  );
  return next?.id ?? null;
}

const ctxOf = ({ masterKey, kinds, log, clock }: Listing, db: WriteCtx['db']): WriteCtx => ({
  db,
  actor: NOBODY,
  now: clock(),
  requestId: 'start',
  log,
  kinds,
  masterKey,
});

/** As a revocation does it today; what has the same content, published meanwhile too, is no longer offered. */
async function listRevocation(ctx: WriteCtx, versionId: string): Promise<void> {
  // First of all: of two servers, the other one waits here, and finds nothing to do.
  if ((await ctx.db.run(sql`delete from unlisted_revocations where integration_version_id = ${versionId}`)) === 0) return;
  const copies = await lockCopies(ctx, versionId);
  const locked = await lockVersion(ctx, versionId);
  if (!locked.version.revoked) return;
  await revokeContent(ctx, versionId);
  await settleCopies(ctx, locked, copies, 'revoked');
}
