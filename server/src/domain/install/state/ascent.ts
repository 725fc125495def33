import type { ReadCtx } from '../../../context.ts';
import { must } from '../../../lib/must.ts';
import { compareVersions } from '../../../lib/semver.ts';
import type { IntegrationRow } from '../../integration/lock.ts';
import { namedVersion } from '../../integration/named-version.ts';
import { loadSnapshot, type Snapshot } from '../../integration/snapshot.ts';
import { takingOf } from '../../integration/taking.ts';
import { type InstallRow, versionOf } from './lock.ts';

/** An upgrade that somebody asks for: of which install, from what it has to what it would have. */
export interface Ascent {
  readonly install: InstallRow;
  readonly integration: IntegrationRow;
  readonly from: Snapshot;
  readonly to: Snapshot;
  /** `to` was asked for by its id. */
  readonly named: boolean;
}

/** From what the install has to what is asked for: the named version, else the current one, unless the install has a newer one. */
export async function ascentOf(
  ctx: ReadCtx,
  install: InstallRow,
  integration: IntegrationRow,
  asked: { readonly integrationVersionId?: string },
): Promise<Ascent> {
  const from = await versionOf(ctx, install);
  const { integrationVersionId: id } = asked;
  const to = id === undefined ? await currentVersion(ctx, integration, from) : await askedVersion(ctx, install, from, id);
  return { install, integration, from, to, named: id !== undefined };
}

async function currentVersion(ctx: ReadCtx, integration: IntegrationRow, from: Snapshot): Promise<Snapshot> {
  const { currentVersionId, currentVersion } = integration;
  if (currentVersionId === null || currentVersion === null || compareVersions(from.version, currentVersion) >= 0) return from;
  return must(await loadSnapshot(ctx.db, integration.id, currentVersionId), 'the current version exists');
}

const askedVersion = async (ctx: ReadCtx, { workspaceId, integrationId }: InstallRow, from: Snapshot, id: string): Promise<Snapshot> =>
  id === from.id ? from : namedVersion(ctx, takingOf(ctx, 'upgrade', workspaceId), integrationId, id);
