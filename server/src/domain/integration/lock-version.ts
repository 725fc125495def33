import sql from 'sql-template-tag';
import type { WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { type IntegrationRow, lockIntegration } from './lock.ts';

/** A version as it stands. */
export interface VersionRow {
  readonly id: string;
  readonly version: string;
  readonly digest: Buffer;
  readonly yanked: boolean;
  readonly revoked: boolean;
  readonly held: boolean;
  /** Null: not deprecated. */
  readonly deprecationNotice: string | null;
}

export interface LockedVersion {
  readonly integration: IntegrationRow;
  readonly version: VersionRow;
}

/** Locks the version's integration as publish does: how its versions stand changes one after the other. */
export async function lockVersion(ctx: WriteCtx, id: string): Promise<LockedVersion> {
  const known = await ctx.db.maybe<{ integrationId: string }>(
    sql`select integration_id as "integrationId" from integration_versions where id = ${id}`,
  );
  if (known === null) throw purged(id);
  const integration = await lockIntegration(ctx, known.integrationId, 'change');
  return { integration, version: await loadVersion(ctx, id) };
}

/** Throws when the version was purged with its integration. */
export async function loadVersion(ctx: WriteCtx, id: string): Promise<VersionRow> {
  const row = await ctx.db.maybe<VersionRow>(sql`
    select id, version, digest, yanked_at is not null as yanked, revoked_at is not null as revoked, held_at is not null as held,
      deprecation_notice as "deprecationNotice"
    from integration_versions where id = ${id}`);
  if (row === null) throw purged(id);
  return row;
}

const purged = (id: string) => new Problem('not_found', `The version ${id} was purged meanwhile.`);
