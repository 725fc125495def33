import sql, { raw } from 'sql-template-tag';
import { takeable } from '../../../access/takeable.ts';
import type { ReadCtx, WriteCtx } from '../../../context.ts';
import type { Problem } from '../../../lib/errors.ts';
import { compareVersions, satisfies } from '../../../lib/semver.ts';
import { reach } from '../../integration/graph.ts';
import type { Snapshot } from '../../integration/snapshot.ts';
import { takingOf } from '../../integration/taking.ts';
import type { Ascent } from '../state/ascent.ts';
import type { InstallRow } from '../state/lock.ts';
import { holdInstalled, loadInstalled, loadWants } from './installed.ts';
import { conflictOn, dependencyConflict, missingDependencies } from './problems.ts';
import { broken, type Installed, type NamedWant, namedWants, nameOf, needsOf, unmet, wantsOf } from './wants.ts';

/** Shares locks on what the version wants, so that it is there until the upgrade is done. To be called before the blockers are asked for. */
export const holdDependencies = (ctx: WriteCtx, workspaceId: string, { manifest }: Pick<Snapshot, 'manifest'>): Promise<void> =>
  holdInstalled(ctx, workspaceId, namesIn(manifest));

const namesIn = (manifest: Snapshot['manifest']): string[] => wantsOf(manifest).map((want) => want.integration);

/**
 * What dependencies have against an upgrade: what the target wants and the workspace does not have, and the other installs that the
 * target would leave behind. An upgrade moves no sibling, so both are for the caller to settle. The version it has is never blocked.
 */
export async function dependencyBlockers(ctx: ReadCtx, ascent: Omit<Ascent, 'named'>): Promise<Problem[]> {
  const { install, integration, from, to } = ascent;
  if (to.id === from.id) return [];
  const name = nameOf(integration);
  const wants = namedWants(`${name} ${to.version}`, wantsOf(to.manifest));
  const before = await loadInstalled(ctx, install.workspaceId, [...namesIn(to.manifest), name]);
  const after = before.map((each) => (each.installId === install.id ? { ...each, version: to.version } : each));
  const found = [
    missing(`${name} ${to.version}`, wants, after),
    outOfRange(wants, after),
    await leftBehind(ctx, ascent, before, after),
    await circle(ctx, ascent, wants),
  ];
  return found.filter((problem) => problem !== null);
}

function missing(subject: string, wants: readonly NamedWant[], installed: readonly Installed[]): Problem | null {
  const lacking = unmet(wants, installed).filter((want) => !want.optional);
  return lacking.length === 0 ? null : missingDependencies(subject, lacking);
}

function outOfRange(wants: readonly NamedWant[], installed: readonly Installed[]): Problem | null {
  const unfit = unmet(wants, installed).filter((want) => want.optional);
  if (unfit.length === 0) return null;
  const conflicts = unfit.map((want) => conflictOn(want.integration, [want], installed));
  return dependencyConflict(conflicts, 'Upgrade or uninstall what does not fit first.');
}

/** The installs whose locked range the target leaves, while nothing else in the workspace is in it. */
async function leftBehind(
  ctx: ReadCtx,
  { install, integration, from, to }: Omit<Ascent, 'named'>,
  before: readonly Installed[],
  after: readonly Installed[],
): Promise<Problem | null> {
  const name = nameOf(integration);
  const others = (await loadWants(ctx, install.workspaceId, [name])).filter((want) => want.installId !== install.id);
  const wants = broken(others, before, after);
  if (wants.length === 0) return null;
  const offered = await offeredVersions(ctx, install);
  const choices = offered.filter((version) => wants.every(({ range }) => satisfies(version, range)));
  const better = choices.find((version) => compareVersions(version, from.version) > 0);
  const advice = `Upgrade or uninstall what wants it first${better === undefined ? '' : `, or upgrade to ${better}`}.`;
  const conflict = { ...conflictOn(name, wants, before), offered, choices };
  return dependencyConflict([conflict], `${name} ${to.version} is outside. ${advice}`);
}

async function offeredVersions(ctx: ReadCtx, { integrationId, workspaceId }: InstallRow): Promise<string[]> {
  const rows = await ctx.db.many<{ version: string }>(sql`
    select v.version from integration_versions v join integrations n on n.id = v.integration_id
    where n.id = ${integrationId} and ${takeable({ version: raw('v'), integration: raw('n') }, takingOf(ctx, 'upgrade', workspaceId))}`);
  return rows.map(({ version }) => version).sort((a, b) => compareVersions(b, a));
}

/** What the target needs must not need this install in turn: neither could ever be uninstalled. */
async function circle(
  ctx: ReadCtx,
  { install, integration }: Pick<Ascent, 'install' | 'integration'>,
  wants: readonly NamedWant[],
): Promise<Problem | null> {
  if (wants.length === 0) return null;
  const others = (await loadWants(ctx, install.workspaceId)).filter((want) => want.installId !== install.id);
  const names = [...others, ...wants].map((want) => want.integration);
  const installed = await loadInstalled(ctx, install.workspaceId, [...names, nameOf(integration)]);
  const needs = needsOf([...others, ...wants.map((want) => ({ ...want, installId: install.id }))], installed);
  const needed = reach(needs, needs.get(install.id) ?? []);
  if (!needed.has(install.id)) return null;
  const round = installed.filter(({ installId }) => needed.has(installId) && reach(needs, needs.get(installId) ?? []).has(install.id));
  const conflict = {
    ...conflictOn(nameOf(integration), [], installed),
    circle: [...new Set(round.map((each) => each.integration))].sort(),
  };
  return dependencyConflict([conflict], 'A circle could not be uninstalled again, so this version cannot be taken here.');
}
