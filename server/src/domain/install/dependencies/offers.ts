import sql, { raw, type Sql } from 'sql-template-tag';
import { type Sides, type Taking, takeable, visibleTo } from '../../../access/takeable.ts';
import type { ReadCtx, WriteCtx } from '../../../context.ts';
import { Problem } from '../../../lib/errors.ts';
import type { Dependency } from '../../integration/manifest.ts';
import { lockIntegrations } from '../state/lock.ts';
import type { Choice } from './choices.ts';
import { wantsOf } from './wants.ts';

/** A version that the workspace may take. */
export interface Offer extends Choice {
  readonly integrationId: string;
  readonly versionId: string;
}

/** Integrations that one install may lead to at most, and versions of them. */
const MAX_INTEGRATIONS = 100;
const MAX_VERSIONS = 20_000;

/** The version `v`'s needed dependencies: `d.item` each. */
const needed = sql`json_array_elements(coalesce(v.manifest_snapshot -> 'dependencies', '[]')) as d(item)`;
const isNeeded = sql`not coalesce((d.item ->> 'optional')::boolean, false)`;

const SIDES: Sides = { version: raw('v'), integration: raw('n') };

/** What was named nowhere but in a manifest, nobody has vouched for by asking for it: a platform admin sees no more by name than others. */
const takingOf = (workspaceId: string): Taking => ({ way: 'name', workspaceId });

/** The offered integration `n`, by the name in `needs`. */
const offered = (workspaceId: string): Sql => sql`integrations n on n.publisher = split_part(needs.integration, '/', 1)
  and n.slug = split_part(needs.integration, '/', 2) and n.deleted_at is null and ${visibleTo(SIDES.integration, takingOf(workspaceId))}`;

/** Its versions `v` that are offered. */
const versions = (workspaceId: string): Sql =>
  sql`integration_versions v on v.integration_id = n.id and ${takeable(SIDES, takingOf(workspaceId))}`;

/**
 * `needs`: the names of all that a version may lead to, by any choice of versions. What is installed is used as it is, so nothing
 * behind it matters. Cut off above the limit, as it is read.
 */
const needs = (workspaceId: string, version: Sql): Sql => sql`
  with recursive reachable(integration) as (
    select d.item ->> 'integration' from integration_versions v cross join lateral ${needed} where v.id = ${version} and ${isNeeded}
    union
    select d.item ->> 'integration'
    from reachable needs
    join ${offered(workspaceId)}
    join ${versions(workspaceId)}
    cross join lateral ${needed}
    where ${isNeeded} and not exists (
      select 1 from integration_installs i where i.workspace_id = ${workspaceId} and i.integration_id = n.id and i.deleted_at is null)
  ), needs as (
    select integration from reachable limit ${MAX_INTEGRATIONS + 1}
  )`;

/**
 * Relies on the integration and all that its version may lead to, in the order of their ids, so that none is removed for good meanwhile.
 * What a publish has added while this waited is locked as well.
 */
export async function lockReachable(ctx: WriteCtx, id: string, workspaceId: string, versionId: string | undefined): Promise<void> {
  const version = sql`coalesce(${versionId ?? null}, (select current_version_id from integrations where id = ${id}))`;
  const locked = new Set<string>();
  for (let open = [id]; open.length > 0; ) {
    await lockIntegrations(ctx, open);
    for (const each of open) locked.add(each);
    const reachable = await ctx.db.many<{ id: string }>(
      sql`${needs(workspaceId, version)} select n.id from needs join ${offered(workspaceId)}`,
    );
    open = reachable.map((row) => row.id).filter((each) => !locked.has(each));
  }
}

interface Row {
  integration: string;
  integrationId: string | null;
  versionId: string | null;
  version: string | null;
  dependencies: string | null;
}

/** Everything that the version may lead to, with the versions on offer: what the resolver chooses from. */
export async function loadOffers(ctx: ReadCtx, workspaceId: string, versionId: string): Promise<ReadonlyMap<string, readonly Offer[]>> {
  const rows = await ctx.db.many<Row>(sql`
    ${needs(workspaceId, sql`${versionId}`)}
    select needs.integration, n.id as "integrationId", v.id as "versionId", v.version, v.manifest_snapshot -> 'dependencies' as dependencies
    from needs
    left join ${offered(workspaceId)}
    left join ${versions(workspaceId)}
    limit ${MAX_VERSIONS + 1}`);
  const byName = Map.groupBy(rows, (row) => row.integration);
  if (byName.size > MAX_INTEGRATIONS || rows.length > MAX_VERSIONS) throw tooComplex(`more than ${MAX_INTEGRATIONS} integrations`);
  return new Map([...byName].map(([name, found]) => [name, found.flatMap(offerOf)]));
}

function offerOf({ integration, integrationId, versionId, version, dependencies }: Row): Offer[] {
  if (integrationId === null || versionId === null || version === null) return [];
  const wants = wantsOf({ dependencies: JSON.parse(dependencies ?? '[]') as Dependency[] });
  return [{ integration, integrationId, versionId, version, wants }];
}

export const tooComplex = (what: string, facts: Readonly<Record<string, unknown>> = {}): Problem =>
  new Problem('dependencies_too_complex', `Install some of the dependencies first, one by one: they lead to ${what}.`, { facts });
