import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { validate } from '../../lib/json-schema/validate.ts';
import { must } from '../../lib/must.ts';
import { loadSnapshot, type Snapshot } from '../integration/snapshot.ts';
import { loadInstalled, loadWants } from './dependencies/installed.ts';
import { loadOffers, type Offer, tooComplex } from './dependencies/offers.ts';
import { dependencyConflict } from './dependencies/problems.ts';
import { type Resolution, resolveDependencies } from './dependencies/resolve.ts';
import { nameOf, type Uses, unmet, versionsOf, wantsOf } from './dependencies/wants.ts';
import type { Footing } from './footing.ts';
import type { Order, Taken } from './install-version.ts';
import { refuseByPolicy } from './policy.ts';
import { completeVariables } from './variables.ts';

type Named = Taken & { readonly uses: Uses };

/**
 * What the version needs and the workspace does not have, as installs to make, dependencies first: load, resolve, refuse. They become
 * top-level installs with default policy and variables. The version itself is left to the caller, who has locked what is reachable.
 */
export async function chooseDependencies(ctx: ReadCtx, root: Named, workspaceId: string, footing: Footing): Promise<Order[]> {
  const taken: Taken[] = [];
  for (const offer of await resolve(ctx, root, workspaceId, footing)) taken.push(await load(ctx, offer, footing));
  await footing.heed(() => refuseByPolicy(ctx, workspaceId, [root, ...taken]), undefined);
  await footing.heed(() => refuseSetup(taken), undefined);
  return taken.map((each) => ({
    ...each,
    workspaceId,
    variables: completeVariables(each.snapshot, {}),
    neededBy: root.integration.id,
  }));
}

async function resolve(
  ctx: ReadCtx,
  { integration, snapshot, uses }: Named,
  workspaceId: string,
  footing: Footing,
): Promise<readonly Offer[]> {
  const root = { integration: nameOf(integration), version: snapshot.version, wants: wantsOf(snapshot.manifest, uses) };
  const offered = await loadOffers(ctx, workspaceId, snapshot.id);
  const wanted = [...offered.values()].flat().flatMap((offer) => offer.wants);
  const names = [...new Set([root.integration, ...offered.keys(), ...[...root.wants, ...wanted].map((want) => want.integration)])];
  await footing.installed(workspaceId, names);
  const installed = await loadInstalled(ctx, workspaceId, names);
  const locks = await loadWants(ctx, workspaceId, names);
  const lost = new Set(unmet(locks, installed));
  const world = { root, offered, installed: versionsOf(installed), locks: locks.filter((lock) => !lost.has(lock)) };
  const resolution = resolveDependencies(world);
  if ('conflict' in resolution) throw refused(resolution);
  return resolution.installs.map(({ integration: name, version }) =>
    must(
      offered.get(name)?.find((offer) => offer.version === version),
      'what is chosen is offered',
    ),
  );
}

function refused({ conflict, gaveUp }: Extract<Resolution, { conflict: unknown }>): Problem {
  const problem = dependencyConflict([conflict], 'Nothing was installed: change what is installed, or take another version.');
  return gaveUp ? tooComplex('too many combinations of versions; `conflicts` has what the best of them run into', problem.facts) : problem;
}

async function load(ctx: ReadCtx, { integrationId, versionId }: Offer, footing: Footing): Promise<Taken> {
  const integration = await footing.integration(integrationId);
  return { integration, snapshot: must(await loadSnapshot(ctx.db, integrationId, versionId), 'offered versions are locked') };
}

/** Nobody is there to give a dependency its credentials and values, so one that needs some has to be installed by itself. */
function refuseSetup(taken: readonly Taken[]): void {
  const needy = taken
    .map(({ integration, snapshot }) => ({ integration: nameOf(integration), version: snapshot.version, needs: needsOf(snapshot) }))
    .filter(({ needs }) => needs.length > 0);
  if (needy.length === 0) return;
  const named = needy.map(({ integration, version, needs }) => `${integration} ${version} needs ${needs.join(' and ')}`).join('; ');
  throw new Problem('dependency_needs_setup', `${named}. Install it by itself first.`, { facts: { dependencies: needy } });
}

function needsOf(snapshot: Snapshot): string[] {
  const { authConfig, variablesSchema } = snapshot;
  const type = authConfig.type ?? 'none';
  const declares = Object.keys(variablesSchema).length > 0;
  const faults = declares ? validate(variablesSchema, completeVariables(snapshot, {}), '/variables') : [];
  return [
    ...(type === 'none' ? [] : [`credentials of the type ${type}`]),
    ...faults.map(({ pointer, message }) => `a value for ${pointer} (${message})`),
  ];
}
