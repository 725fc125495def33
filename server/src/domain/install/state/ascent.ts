import type { ReadCtx } from '../../../context.ts';
import { badBody } from '../../../lib/errors.ts';
import { must } from '../../../lib/must.ts';
import { compareVersions } from '../../../lib/semver.ts';
import type { IntegrationRow } from '../../integration/lock.ts';
import { loadSnapshot, type Snapshot } from '../../integration/snapshot.ts';
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
  return { install, integration, from, to: await targetOf(ctx, integration, from, id), named: id !== undefined };
}

async function targetOf(ctx: ReadCtx, integration: IntegrationRow, from: Snapshot, asked: string | undefined): Promise<Snapshot> {
  if (asked !== undefined) return asked === from.id ? from : askedVersion(ctx, integration, asked);
  const { currentVersionId, currentVersion } = integration;
  if (currentVersionId === null || currentVersion === null || compareVersions(from.version, currentVersion) >= 0) return from;
  return must(await loadSnapshot(ctx.db, integration.id, currentVersionId), 'the current version exists');
}

async function askedVersion(ctx: ReadCtx, integration: IntegrationRow, id: string): Promise<Snapshot> {
  const snapshot = await loadSnapshot(ctx.db, integration.id, id);
  if (snapshot === null) throw badBody('/integrationVersionId', `is no version of the integration ${integration.id}`);
  return snapshot;
}
