import sql, { raw } from 'sql-template-tag';
import { hasRole, isReviewer } from '../../../access/authorize.ts';
import { versionSight } from '../../../access/scope.ts';
import type { ReadCtx } from '../../../context.ts';
import { Problem } from '../../../lib/errors.ts';
import { diffJson } from '../../../lib/json-patch.ts';
import { jsonInTurns } from '../../../lib/json-pieces.ts';
import { must } from '../../../lib/must.ts';
import { Turns } from '../../../lib/turns.ts';
import type { Reply, Target } from '../../../route.ts';
import { adviseVersion } from '../advice.ts';
import { consentNeeds } from '../consent/consent.ts';
import { comparables } from '../consent/load.ts';
import { type Pair, pairMembers } from '../pair-members.ts';
import { isReadable } from '../readable.ts';
import { loadSnapshot, type Snapshot } from '../snapshot.ts';
import { compareDependencies, compareVariables, described, flagChanges } from './compare.ts';
import { judge } from './judge.ts';
import { type Change, patchesOf } from './patches.ts';

interface Asked {
  target: Target;
  query: { against?: string };
}

/** What differs between a version and another one of its integration, and whether its number says so. */
export async function diffVersions(ctx: ReadCtx, { target, query }: Asked): Promise<Reply> {
  const to = await loadTarget(ctx, target.id);
  const from = await loadAgainst(ctx, to, query.against);
  const turns = new Turns();
  const sides = await comparables(ctx, from, to);
  const { pairs, removed } = pairMembers(from.members, to.members);
  await turns.pass();
  const changed = await changedMembers(ctx, pairs, await readsDefinitions(ctx, target, to));
  await turns.pass();
  const variables = compareVariables(from.variablesSchema, to.variablesSchema);
  await turns.pass();
  const semver = judge(from.version, to.version, adviseVersion(from.version, sides.from, sides.to));
  await turns.pass();
  return jsonInTurns({
    from: { id: from.id, version: from.version },
    to: { id: to.id, version: to.version },
    members: {
      added: pairs.filter(({ before }) => before === null).map(({ after }) => described(after)),
      removed: removed.map(described),
      renamed: pairs.flatMap(({ before, after }) =>
        before === null || before.slug === after.slug ? [] : [{ slug: after.slug, before: before.slug }],
      ),
      changed,
    },
    variables,
    auth: { patch: diffJson(from.authConfig, to.authConfig) },
    dependencies: compareDependencies(from.manifest, to.manifest),
    consent: consentNeeds(sides.from, sides.to),
    semver,
  });
}

async function loadTarget(ctx: ReadCtx, id: string): Promise<Snapshot> {
  const { integrationId } = await ctx.db.one<{ integrationId: string }>(
    sql`select integration_id as "integrationId" from integration_versions where id = ${id}`,
  );
  return must(await loadSnapshot(ctx.db, integrationId, id), 'the version is there');
}

/** A version of another integration, or one that the asker may not read, is as good as none: nothing is told of it. */
async function loadAgainst(ctx: ReadCtx, to: Snapshot, asked: string | undefined): Promise<Snapshot> {
  const id = asked ?? (await nextLower(ctx, to));
  const from = (await isReadable(ctx, id)) ? await loadSnapshot(ctx.db, to.integrationId, id) : null;
  if (from === null) throw new Problem('not_found', `The integration ${to.integrationId} has no version ${id}.`);
  return from;
}

async function nextLower(ctx: ReadCtx, { id, integrationId, version }: Snapshot): Promise<string> {
  const lower = await ctx.db.maybe<{ id: string }>(sql`
    select o.id from integration_versions v
    join integration_versions o on o.integration_id = v.integration_id and o.precedence_key < v.precedence_key and ${versionSight(ctx.actor, raw('o'))}
    where v.id = ${id} order by o.precedence_key desc limit 1`);
  if (lower === null)
    throw new Problem('no_lower_version', `${version} is the lowest version of ${integrationId}; name another one with against.`);
  return lower.id;
}

/** Definitions are for whoever has them anyway: the source workspace, reviewers, and workspaces with an active install. */
async function readsDefinitions(ctx: ReadCtx, { workspaceId }: Target, { integrationId }: Snapshot): Promise<boolean> {
  if (hasRole(ctx.actor, workspaceId, 'viewer') || isReviewer(ctx.actor)) return true;
  const install = await ctx.db.maybe(sql`
    select 1 from integration_installs
    where integration_id = ${integrationId} and workspace_id = any(${[...ctx.actor.roles.keys()]}::text[]) and deleted_at is null limit 1`);
  return install !== null;
}

type Kept = Pair & { readonly before: NonNullable<Pair['before']> };
const isKept = (pair: Pair): pair is Kept => pair.before !== null;
const differs = ({ before, after }: Kept): boolean => !before.digest.equals(after.digest);

async function changedMembers(ctx: ReadCtx, pairs: readonly Pair[], visible: boolean) {
  const kept = pairs.filter(isKept);
  const redefined = kept.filter(differs);
  const changes = redefined.map(({ before, after }): Change => ({ before: before.digest, after: after.digest }));
  const patches = visible ? await patchesOf(ctx.db, changes) : changes.map(() => null);
  const patchOf = new Map(redefined.map(({ after }, index) => [after.slug, patches[index] ?? null]));
  const flagged = await new Turns().map(kept, (pair) => ({ pair, flags: flagChanges(pair) }));
  return flagged
    .filter(({ pair, flags }) => flags.length > 0 || differs(pair))
    .map(({ pair, flags }) => {
      const patch = differs(pair) ? (patchOf.get(pair.after.slug) ?? null) : [];
      const patchOmitted = patch === null ? (visible ? 'too_large' : 'not_visible') : null;
      return { slug: pair.after.slug, flags, patch, patchOmitted };
    });
}
