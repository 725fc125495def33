import type { ReadCtx } from '../../../context.ts';
import { must } from '../../../lib/must.ts';
import { compareVersions } from '../../../lib/semver.ts';
import type { IntegrationRow } from '../../integration/lock.ts';
import { namedVersion } from '../../integration/named-version.ts';
import { loadSnapshot, type Snapshot } from '../../integration/snapshot.ts';
import { takingOf } from '../../integration/taking.ts';
import { offeredOn } from './channels.ts';
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

/** From what the install has to what is asked for: the named version, else the one that its channel offers, unless the install has a newer one. */
export async function ascentOf(
  ctx: ReadCtx,
  install: InstallRow,
  integration: IntegrationRow,
  asked: { readonly integrationVersionId?: string },
): Promise<Ascent> {
  const from = await versionOf(ctx, install);
  const { integrationVersionId: id } = asked;
  return { install, integration, from, to: await targetOf(ctx, install, integration, from, id), named: id !== undefined };
}

async function targetOf(
  ctx: ReadCtx,
  install: InstallRow,
  integration: IntegrationRow,
  from: Snapshot,
  asked: string | undefined,
): Promise<Snapshot> {
  if (asked !== undefined) return askedVersion(ctx, install, from, asked);
  const offered = offeredOn(install.channel, integration);
  if (offered === null || offered === from.id) return from;
  const to = must(await loadSnapshot(ctx.db, integration.id, offered), 'what is offered exists');
  return compareVersions(from.version, to.version) >= 0 ? from : to;
}

const askedVersion = async (ctx: ReadCtx, { workspaceId, integrationId }: InstallRow, from: Snapshot, id: string): Promise<Snapshot> =>
  id === from.id ? from : namedVersion(ctx, takingOf(ctx, 'upgrade', workspaceId), integrationId, id);
