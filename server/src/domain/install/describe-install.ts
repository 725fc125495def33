import type { Json } from '../../lib/json.ts';
import { requiredByOf } from '../integration/graph.ts';
import { fits, type Leftover } from './adoption.ts';
import { type Installed, meeting, nameOf, type Want, wantsOf } from './dependencies/wants.ts';
import type { PlannedInstall } from './install-version.ts';

/** Member slug → the definition that it will show; absent where no room was left. */
export type Rendered = ReadonlyMap<string, Json>;

/** The members that an install makes, in the order of its version, each with the clones that it could take instead. Pure. */
export function describeMembers(
  { plan, snapshot }: PlannedInstall,
  slugs: ReadonlyMap<string, string>,
  definitions: Rendered,
  leftovers: readonly Leftover[],
) {
  const there = new Set(plan.inserts.map(({ member }) => member.slug));
  const neededBy = requiredByOf(snapshot.members.filter(({ slug }) => there.has(slug)));
  const byPlace = [...plan.inserts].sort((a, b) => a.member.position - b.member.position);
  return byPlace.map(({ member, clone, entityId, write, detached }) => ({
    slug: member.slug,
    kind: member.kind,
    name: member.name,
    isClone: clone,
    entityId: write === 'create' ? null : entityId,
    entitySlug: slugs.get(member.slug) ?? null,
    entityVersionId: member.entityVersionId,
    adopted: detached,
    neededBy: neededBy.get(member.slug) ?? [],
    definition: definitions.get(member.slug) ?? null,
    adoptable: write === 'create' || detached ? leftovers.filter((leftover) => fits(member, leftover)).map(offered) : [],
  }));
}

const offered = ({ entityId, slug, name, installId, leftAt }: Leftover) => ({ entityId, slug, name, installId, leftAt });

/** What the version wants of others, and what will meet it: an install that is there, or one that is made first. Pure. */
export function describeDependencies(
  { snapshot, uses }: PlannedInstall,
  first: readonly PlannedInstall[],
  installed: readonly Installed[],
) {
  const made = first.map(({ integration, snapshot: { version } }) => ({
    installId: '',
    integrationId: integration.id,
    integration: nameOf(integration),
    version,
  }));
  const [there, then] = [meeting(installed), meeting([...installed, ...made])];
  const tell = (want: Want) => {
    const [met] = then(want);
    const known = [...installed, ...made].some(({ integration }) => integration === want.integration);
    return {
      ...want,
      installName: want.installName ?? null,
      ok: met !== undefined || (want.optional && !known),
      installId: there(want)[0]?.installId ?? null,
      version: met?.version ?? null,
      installedFirst: met?.installId === '',
    };
  };
  return wantsOf(snapshot.manifest, uses).map(tell);
}
