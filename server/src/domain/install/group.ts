/** Upgrades that happen together, or not at all. */
import sql from 'sql-template-tag';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { must } from '../../lib/must.ts';
import { loadSnapshot } from '../integration/snapshot.ts';
import { type Joined, joinMoves, joinNamed, type Mover } from './dependencies/joint.ts';
import { loadMovers } from './dependencies/movers.ts';
import { wantsOf } from './dependencies/wants.ts';
import { type Ascent, ascentOf } from './state/ascent.ts';
import { loadInstall, lockInstall, lockIntegrations, versionOf } from './state/lock.ts';

/** What moves along: everything that has to, or these installs. */
export type Along = 'dependencies' | readonly string[];

interface Wish {
  readonly integrationVersionId?: string;
  readonly with?: Along;
}

/** The upgrade that was asked for, and all that happen with it, in the order in which they are written. */
export interface Group {
  readonly root: Ascent;
  readonly ascents: readonly Ascent[];
}

/** The upgrade that is asked for with what moves along. Where that does not lead there, the upgrade alone: its blockers tell why. */
export async function groupOf(ctx: ReadCtx, installId: string, wish: Wish): Promise<Group> {
  const alone = await aloneWith(ctx, await loadInstall(ctx, installId), wish);
  if (wish.with === undefined) return alone;
  const { root } = alone;
  const { install } = root;
  const movers = await loadMovers(ctx, install.workspaceId);
  if (wish.with !== 'dependencies') refuseStrangers(movers, wish.with, installId);
  const joined = joinedWith(movers, root, wish.with);
  const ascents: Ascent[] = [];
  for (const each of joined ?? []) ascents.push(each.installId === installId ? root : await along(ctx, each));
  return ascents.length === 0 ? alone : { root, ascents };
}

async function aloneWith(ctx: ReadCtx, { install, integration }: Omit<Ascent, 'from' | 'to' | 'named'>, wish: Wish): Promise<Group> {
  const root = await ascentOf(ctx, install, integration, wish);
  return { root, ascents: [root] };
}

/** What would move with the upgrade, itself among it; null where nothing does. Pure. */
export function joinedWith(installs: readonly Mover[], { install, from, to }: Ascent, wish: Along): readonly Joined[] | null {
  const step = { versionId: to.id, version: to.version, wants: wantsOf(to.manifest, install.uses) };
  const others = wish === 'dependencies' ? null : new Set(wish);
  const mayMove = (id: string) => others === null || others.has(id);
  if (!installs.some(({ installId }) => installId === install.id)) return null;
  const world = { installs, root: { installId: install.id, step }, mayMove };
  if (to.id === from.id && others === null) return null;
  return wish === 'dependencies' ? joinMoves(world) : joinNamed(world, wish);
}

function refuseStrangers(movers: readonly Mover[], ids: readonly string[], root: string): void {
  const known = new Set(movers.map(({ installId }) => installId));
  const faults = ids.flatMap((id, index): Fault[] =>
    known.has(id) && id !== root ? [] : [{ pointer: `/with/${index}`, message: `names no other active install of the workspace: ${id}` }],
  );
  if (faults.length > 0) throw new Problem('invalid_body', '`with` names what cannot move along; see errors.', { faults });
}

async function along(ctx: ReadCtx, { installId, step }: Joined): Promise<Ascent> {
  const { install, integration } = await loadInstall(ctx, installId);
  const to = must(await loadSnapshot(ctx.db, integration.id, step.versionId), 'what is offered is there');
  return { install, integration, from: await versionOf(ctx, install), to, named: false };
}

/** The same, with everything locked that moves: all integrations, then all installs, each in the order of their ids. */
export async function lockGroup(ctx: WriteCtx, installId: string, wish: Wish): Promise<Group> {
  if (wish.with === undefined) return aloneWith(ctx, await lockInstall(ctx, installId), wish);
  const locked = new Set<string>();
  for (;;) {
    const group = await groupOf(ctx, installId, wish);
    const ids = group.ascents.map(({ install }) => install.id);
    if (ids.every((id) => locked.has(id))) return group;
    for (const id of ids) locked.add(id);
    await lockIntegrations(
      ctx,
      group.ascents.map(({ integration }) => integration.id),
    );
    await ctx.db.run(sql`select 1 from integration_installs where id = any(${[...locked]}::text[]) order by id for update`);
  }
}
