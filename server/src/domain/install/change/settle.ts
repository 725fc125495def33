import sql from 'sql-template-tag';
import type { WriteCtx } from '../../../context.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { record } from '../../audit/record.ts';
import type { Snapshot } from '../../integration/snapshot.ts';
import { lockDependencies } from '../dependencies/lock.ts';
import type { RevisionAction } from '../resource.ts';
import type { InstallRow } from '../state/lock.ts';
import type { Place } from './apply.ts';
import type { Plan } from './plan.ts';
import { overwrittenBy, writeRevision } from './revision.ts';

/** A change of an install that has been applied to its members. */
export interface Change {
  readonly action: Extract<RevisionAction, 'upgrade' | 'reconfigure' | 'rollback' | 'add_members' | 'drop_member'>;
  readonly from: Snapshot;
  readonly to: Snapshot;
  readonly variables: JsonObject;
  readonly plan: Plan;
  /** What somebody says about it. */
  readonly reason?: string | undefined;
}

/** The event of each change: what happened to the install. */
const EVENTS = {
  upgrade: 'integration_install.upgraded',
  reconfigure: 'integration_install.reconfigured',
  rollback: 'integration_install.rolled_back',
  add_members: 'integration_install.members_added',
  drop_member: 'integration_install.member_dropped',
} as const;

/** Lets the install's own row follow its members, and writes down what was done: a revision and an event. Answers the revision's number. */
export async function settle(ctx: WriteCtx, place: Place, install: InstallRow, change: Change): Promise<number> {
  const { action, from, to, variables, plan, reason = null } = change;
  const number = install.revision + 1;
  const upgradedAt = action === 'upgrade' ? sql`${ctx.now}` : sql`last_upgraded_at`;
  await ctx.db.run(sql`
    update integration_installs set integration_version_id = ${to.id}, variables = ${JSON.stringify(variables)}, revision = ${number},
      last_upgraded_at = ${upgradedAt}
    where id = ${install.id}`);
  if (to.id !== from.id) await lockDependencies(ctx, install.id, install.workspaceId, to, install.uses);
  await markStale(ctx, plan);
  const { outcome, merges } = plan;
  await writeRevision(ctx, place, {
    number,
    action,
    fromVersionId: from.id,
    variables,
    outcome,
    merges,
    overwritten: overwrittenBy(plan),
    reason,
  });
  const counts = Object.fromEntries(Object.entries({ ...outcome, ...merges }).map(([list, slugs]) => [list, slugs.length]));
  const data = {
    integrationId: install.integrationId,
    from: from.version,
    to: to.version,
    revision: number,
    ...(reason !== null && { reason }),
    ...counts,
  };
  await record(ctx, { type: EVENTS[action], workspaceId: install.workspaceId, subjectId: install.id, data });
  return number;
}

/** The install moved on without these: what was applied to them is not what it would be now. */
async function markStale(ctx: WriteCtx, { left }: Plan): Promise<void> {
  const skipped = left.flatMap(({ live, treatment }) => (live && treatment === 'skip' ? [live.id] : []));
  if (skipped.length > 0)
    await ctx.db.run(sql`update integration_members set stale = true where id = any(${skipped}::text[]) and not stale`);
}
