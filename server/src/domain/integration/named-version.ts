import type { Taking } from '../../access/takeable.ts';
import type { ReadCtx } from '../../context.ts';
import { badBody } from '../../lib/errors.ts';
import { isReadable } from './readable.ts';
import { loadSnapshot, type Snapshot } from './snapshot.ts';
import { obstaclesTo } from './taking.ts';

/**
 * The version that a body names as `integrationVersionId`, or 422. One that whoever asks does not see and that the workspace may not take is
 * as good as none: nothing is told of it, not that it is there.
 */
export async function namedVersion(ctx: ReadCtx, taking: Taking, integrationId: string, versionId: string): Promise<Snapshot> {
  const snapshot = (await isKnown(ctx, taking, integrationId, versionId)) ? await loadSnapshot(ctx.db, integrationId, versionId) : null;
  if (snapshot === null) throw badBody('/integrationVersionId', `is no version of the integration ${integrationId} that you can see`);
  return snapshot;
}

const isKnown = async (ctx: ReadCtx, taking: Taking, integrationId: string, versionId: string): Promise<boolean> =>
  (await isReadable(ctx, versionId)) || (await obstaclesTo(ctx, taking, { integrationId, versionId })).length === 0;
