import { satisfies } from '../../../lib/semver.ts';
import type { Manifest } from '../../integration/manifest.ts';

/** That one integration wants another one in a range. */
export interface Want {
  /** `publisher/slug` of the integration that is wanted. */
  readonly integration: string;
  readonly range: string;
  /** Not needed; but if it is there, then in the range. */
  readonly optional: boolean;
  /** The name of the install that is meant; absent: whichever is in the range. */
  readonly installName?: string;
}

/** Integration → the name of the install that is meant, where a workspace says which. */
export type Uses = ReadonlyMap<string, string>;

/** A want with who has it: `publisher/slug version`, and its install. */
export interface NamedWant extends Want {
  readonly by: string;
  /** Null: not installed yet. */
  readonly installId: string | null;
}

/** An active install, as those see it that want it. */
export interface Installed {
  readonly installId: string;
  readonly integrationId: string;
  /** `publisher/slug`. */
  readonly integration: string;
  readonly version: string;
  readonly name?: string | null;
}

/** What an integration is called in manifests. */
export const nameOf = ({ publisher, slug }: { publisher: string; slug: string }): string => `${publisher}/${slug}`;

/** What a version wants of others, in the order of its manifest. */
export const wantsOf = ({ dependencies = [] }: Manifest, uses: Uses = new Map()): Want[] =>
  dependencies.map(({ integration, range, optional = false }) => {
    const installName = uses.get(integration);
    return { integration, range, optional, ...(installName !== undefined && { installName }) };
  });

/** The same, with who has the wants: `publisher/slug version`, not installed yet. */
export const namedWants = (by: string, wants: readonly Want[]): NamedWant[] => wants.map((want) => ({ ...want, by, installId: null }));

/** Whether the versions of an integration that are there do: one is in the range, or none is there and none needs to be. Pure. */
export const isMet = ({ range, optional }: Want, versions: readonly string[]): boolean =>
  versions.some((version) => satisfies(version, range)) || (optional && versions.length === 0);

/** Integration → the versions of it that are there. */
export const versionsOf = (installed: readonly Installed[]): ReadonlyMap<string, readonly string[]> =>
  new Map([...Map.groupBy(installed, (each) => each.integration)].map(([name, found]) => [name, found.map((each) => each.version)]));

/** What finds the installs that a want is about: all of its integration, or the one that is meant. */
export function meaning<I extends Installed>(installed: readonly I[]): (want: Want) => readonly I[] {
  const byName = Map.groupBy(installed, (each) => each.integration);
  return ({ integration, installName }) =>
    (byName.get(integration) ?? []).filter(({ name }) => installName === undefined || name === installName);
}

export const unmet = <W extends Want>(wants: readonly W[], installed: readonly Installed[]): W[] => {
  const meant = meaning(installed);
  return wants.filter(
    (want) =>
      !isMet(
        want,
        meant(want).map(({ version }) => version),
      ),
  );
};

/** The wants that a change breaks: met by what was there, not by what would be. What is unmet already is not the change's fault. Pure. */
export function broken<W extends Want>(wants: readonly W[], before: readonly Installed[], after: readonly Installed[]): W[] {
  const lost = new Set(unmet(wants, after));
  for (const want of unmet(wants, before)) lost.delete(want);
  return [...lost];
}

/** What finds the installs of a want's integration that are in its range, the earliest first. Each is looked at for its own wants only. */
export function meeting(installed: readonly Installed[]): (want: Want) => readonly Installed[] {
  const meant = meaning(installed);
  return (want) => meant(want).filter(({ version }) => satisfies(version, want.range));
}

/** Install → the installs that it needs: of each want that is not optional, those that meet it. Pure. */
export function needsOf(wants: readonly NamedWant[], installed: readonly Installed[]): ReadonlyMap<string, readonly string[]> {
  const met = meeting(installed);
  const meet = (want: Want) => met(want).map(({ installId }) => installId);
  const needed = Map.groupBy(
    wants.filter((want) => !want.optional && want.installId !== null),
    (want) => want.installId ?? '',
  );
  return new Map([...needed].map(([installId, own]) => [installId, own.flatMap(meet)]));
}
