import type { ReadCtx } from '../../context.ts';
import type { Json } from '../../lib/json.ts';
import { canonicalJson, digestOf } from '../../lib/json-canonical.ts';
import { must } from '../../lib/must.ts';
import { allotSlugs, type KindSlug } from './change/clone-slugs.ts';
import type { Placed } from './change/plan.ts';
import type { Present } from './change/plan-digest.ts';
import { loadInstalled } from './dependencies/installed.ts';
import { type Installed, meeting, wantsOf } from './dependencies/wants.ts';
import type { PlannedInstall } from './install-version.ts';

/** Member slug → the slug that its clone will have, for each of the installs, which are made in this order. */
export async function cloneSlugsOf(ctx: ReadCtx, installs: readonly PlannedInstall[]): Promise<ReadonlyMap<string, string>[]> {
  const spoken: KindSlug[] = [];
  const slugs: ReadonlyMap<string, string>[] = [];
  for (const { workspaceId, plan } of installs) {
    const made = plan.inserts.filter(({ write }) => write === 'create');
    const wanted = made.map(({ member }) => ({ kind: member.kind, slug: member.entitySlug }));
    const given = await allotSlugs(ctx.db, workspaceId, wanted, spoken);
    spoken.push(...wanted.map(({ kind }, index) => ({ kind, slug: must(given[index], 'one for each') })));
    slugs.push(new Map(made.map(({ member }, index) => [member.slug, must(given[index], 'one for each')])));
  }
  return slugs;
}

/** What is installed of all that the installs want. */
export const loadMeeting = (ctx: ReadCtx, installs: readonly PlannedInstall[]): Promise<Installed[]> =>
  loadInstalled(ctx, must(installs[0], 'there is an install').workspaceId, installs.flatMap(wantedBy));

const wantedBy = ({ snapshot }: PlannedInstall): string[] => wantsOf(snapshot.manifest).map(({ integration }) => integration);

/** What the installs would do now. */
export async function presentOf(ctx: ReadCtx, installs: readonly PlannedInstall[]): Promise<Present> {
  const [slugs, installed] = [await cloneSlugsOf(ctx, installs), await loadMeeting(ctx, installs)];
  return {
    digest: installDigestOf(installs, slugs, installed),
    subjects: [...new Set(installed.map(({ installId }) => installId))],
    integrations: [...new Set(installs.map(({ integration }) => integration.id))],
  };
}

/**
 * SHA-256 of everything that decides what the installs make, in hex: versions, settings, variables, each member with its clone's slug, and
 * what meets each want. Ids still to be given are no part of it. Pure.
 */
export function installDigestOf(
  installs: readonly PlannedInstall[],
  slugs: readonly ReadonlyMap<string, string>[],
  installed: readonly Installed[],
): string {
  const meet = meeting(installed);
  const content = installs.map(
    ({ workspaceId, snapshot, policy, name = null, uses, parent = null, authStateId = null, variables, plan }, index) => ({
      place: [workspaceId, snapshot.id, policy, parent?.id ?? null, authStateId, name],
      uses: [...(uses ?? [])].sort(),
      variables,
      members: plan.inserts.map((each) => memberFacts(each, slugs[index]?.get(each.member.slug) ?? null)).sort(),
      met: wantsOf(snapshot.manifest, uses).map((want) => meet(want)[0]?.installId ?? null),
    }),
  );
  return digestOf(canonicalJson({ installs: content } as unknown as Json)).toString('hex');
}

const memberFacts = ({ member, clone, entityId, write, applied, digest }: Placed, slug: string | null): string => {
  const taken = clone && write === 'none' ? [entityId, applied?.toString('hex') ?? null, digest?.toString('hex') ?? null] : [];
  return JSON.stringify([member.slug, member.entityVersionId, member.digest.toString('hex'), clone, slug, ...taken]);
};
