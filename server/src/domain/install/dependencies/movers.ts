import sql, { raw } from 'sql-template-tag';
import { type Sides, takeable } from '../../../access/takeable.ts';
import type { ReadCtx } from '../../../context.ts';
import type { Dependency } from '../../integration/manifest.ts';
import { takingOf } from '../../integration/taking.ts';
import { loadWants } from './installed.ts';
import type { Mover, Step } from './joint.ts';
import { type Uses, type Want, wantsOf } from './wants.ts';

/** Versions that are looked at of each install: the highest. */
const STEPS = 50;

const SIDES: Sides = { version: raw('v'), integration: raw('n') };

interface Row {
  installId: string;
  integrationId: string;
  integration: string;
  version: string;
  name: string | null;
  versionId: string | null;
  step: string | null;
  dependencies: string | null;
}

/**
 * The workspace's active installs, the earliest first, each with the versions that it could move to: higher than its own, up to the
 * current one, and such that the workspace may take them.
 */
export async function loadMovers(ctx: ReadCtx, workspaceId: string): Promise<Mover[]> {
  const rows = await ctx.db.many<Row>(sql`
    select i.id as "installId", n.id as "integrationId", n.publisher || '/' || n.slug as integration, pinned.version, i.name,
      v.id as "versionId", v.version as step, v.manifest_snapshot -> 'dependencies' as dependencies
    from integration_installs i
    join integrations n on n.id = i.integration_id
    join integration_versions pinned on pinned.id = i.integration_version_id
    left join integration_versions newest on newest.id = n.current_version_id
    left join lateral (
      select v.id, v.version, v.manifest_snapshot, v.precedence_key from integration_versions v
      where v.integration_id = n.id and v.precedence_key > pinned.precedence_key and v.precedence_key <= newest.precedence_key
        and ${takeable(SIDES, takingOf(ctx, 'upgrade', workspaceId))}
      order by v.precedence_key desc limit ${STEPS}) v on true
    where i.workspace_id = ${workspaceId} and i.deleted_at is null
    order by i.installed_at, i.id, v.precedence_key desc`);
  const wants = Map.groupBy(await loadWants(ctx, workspaceId), ({ installId }) => installId);
  return [...Map.groupBy(rows, ({ installId }) => installId)].flatMap(([installId, [first, ...more]]) =>
    first === undefined ? [] : [moverOf([first, ...more], wants.get(installId) ?? [])],
  );
}

function moverOf([first, ...more]: readonly [Row, ...Row[]], wants: readonly Want[]): Mover {
  const { installId, integrationId, integration, version, name } = first;
  const uses = new Map(wants.flatMap((want) => (want.installName === undefined ? [] : [[want.integration, want.installName]])));
  return { installId, integrationId, integration, version, name, wants, steps: [first, ...more].flatMap((row) => stepOf(row, uses)) };
}

function stepOf({ versionId, step, dependencies }: Row, uses: Uses): Step[] {
  if (versionId === null || step === null) return [];
  return [{ versionId, version: step, wants: wantsOf({ dependencies: JSON.parse(dependencies ?? '[]') as Dependency[] }, uses) }];
}
