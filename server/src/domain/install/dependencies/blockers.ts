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
export const holdDependencies = (ctx: WriteCtx, workspaceId: string, versions: readonly Pick<Snapshot, 'manifest'>[]): Promise<void> =>
  holdInstalled(
    ctx,
    workspaceId,
    versions.flatMap(({ manifest }) => namesIn(manifest)),
  );

const namesIn = (manifest: Snapshot['manifest']): string[] => wantsOf(manifest).map((want) => want.integration);

type Rise = Omit<Ascent, 'named'>;

/** The upgrades that happen together, and what is installed before and after them. */
interface Picture {
  readonly rises: readonly Rise[];
  readonly before: readonly Installed[];
  readonly after: readonly Installed[];
}

/**
 * What dependencies have against upgrades of one workspace that happen together: what the targets want and the workspace will not have,
 * and the other installs that they would leave behind. The version that an install has is never blocked.
 */
export async function dependencyBlockers(ctx: ReadCtx, together: readonly Rise[]): Promise<Problem[]> {
  const rises = together.filter(({ from, to }) => to.id !== from.id);
  const [first] = rises;
  if (first === undefined) return [];
  const names = rises.flatMap(({ integration, to }) => [...namesIn(to.manifest), nameOf(integration)]);
  const before = await loadInstalled(ctx, first.install.workspaceId, names);
  const versions = new Map(rises.map(({ install, to }) => [install.id, to.version]));
  const after = before.map((each) => ({ ...each, version: versions.get(each.installId) ?? each.version }));
  const found: Problem[] = [];
  for (const rise of rises) found.push(...(await blockersOf(ctx, rise, { rises, before, after })));
  return found;
}

async function blockersOf(ctx: ReadCtx, rise: Rise, picture: Picture): Promise<Problem[]> {
  const wants = wantsThen(rise);
  const found = [
    missing(titleOf(rise), wants, picture.after),
    outOfRange(wants, picture.after),
    await leftBehind(ctx, rise, picture),
    await circle(ctx, rise, picture),
  ];
  return found.filter((problem) => problem !== null);
}

const titleOf = ({ integration, to }: Rise): string => `${nameOf(integration)} ${to.version}`;
const wantsThen = (rise: Rise): NamedWant[] => namedWants(titleOf(rise), wantsOf(rise.to.manifest, rise.install.uses));

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
async function leftBehind(ctx: ReadCtx, rise: Rise, { rises, before, after }: Picture): Promise<Problem | null> {
  const { install, integration, from, to } = rise;
  const name = nameOf(integration);
  const moving = new Set(rises.map((each) => each.install.id));
  const others = (await loadWants(ctx, install.workspaceId, [name])).filter((want) => !moving.has(want.installId ?? ''));
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
async function circle(ctx: ReadCtx, rise: Rise, { rises }: Picture): Promise<Problem | null> {
  const { install, integration } = rise;
  if (wantsOf(rise.to.manifest).length === 0) return null;
  const moving = new Set(rises.map((each) => each.install.id));
  const staying = (await loadWants(ctx, install.workspaceId)).filter((want) => !moving.has(want.installId ?? ''));
  const wants = [...staying, ...rises.flatMap((each) => wantsThen(each).map((want) => ({ ...want, installId: each.install.id })))];
  const names = wants.map((want) => want.integration);
  const versions = new Map(rises.map((each) => [each.install.id, each.to.version]));
  const installed = (await loadInstalled(ctx, install.workspaceId, [...names, ...rises.map((each) => nameOf(each.integration))])).map(
    (each) => ({ ...each, version: versions.get(each.installId) ?? each.version }),
  );
  const needs = needsOf(wants, installed);
  const needed = reach(needs, needs.get(install.id) ?? []);
  if (!needed.has(install.id)) return null;
  const round = installed.filter(({ installId }) => needed.has(installId) && reach(needs, needs.get(installId) ?? []).has(install.id));
  const conflict = {
    ...conflictOn(nameOf(integration), [], installed),
    circle: [...new Set(round.map((each) => each.integration))].sort(),
  };
  return dependencyConflict([conflict], 'A circle could not be uninstalled again, so this version cannot be taken here.');
}
