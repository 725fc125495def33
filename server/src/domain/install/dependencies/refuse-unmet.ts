import type { ReadCtx, WriteCtx } from '../../../context.ts';
import type { Problem } from '../../../lib/errors.ts';
import { holdInstalled, loadInstalled, loadWants } from './installed.ts';
import { conflictOn, dependencyConflict, missingDependencies } from './problems.ts';
import { broken, type NamedWant, unmet } from './wants.ts';

/** An install that comes in: at which version of which integration (`publisher/slug`), with what it wants of others. */
export interface Arrival {
  readonly workspaceId: string;
  readonly integration: string;
  readonly version: string;
  readonly wants: readonly NamedWant[];
}

/**
 * Everything that the version needs must be installed in the workspace, in its range; all that is missing is named at once. What it
 * merely goes with must be in range where it is installed, and the version itself in the ranges that others lock.
 */
export async function refuseUnmetDependencies(ctx: WriteCtx, arrival: Arrival): Promise<void> {
  await holdInstalled(
    ctx,
    arrival.workspaceId,
    arrival.wants.map((want) => want.integration),
  );
  const problem = await unmetProblem(ctx, arrival);
  if (problem !== null) throw problem;
}

/** The same for who only asks, or holds what is installed already. */
export async function unmetProblem(ctx: ReadCtx, { workspaceId, integration, version, wants }: Arrival): Promise<Problem | null> {
  const names = wants.map((want) => want.integration);
  const before = await loadInstalled(ctx, workspaceId, [...names, integration]);
  const [optional, missing] = parted(unmet(wants, before), (want) => want.optional);
  if (missing.length > 0) return missingDependencies(`${integration} ${version}`, missing);
  const after = [...before, { installId: '', integrationId: '', integration, version }];
  const lost = broken(await loadWants(ctx, workspaceId, [integration]), before, after);
  if (optional.length + lost.length === 0) return null;
  const conflicts = [
    ...optional.map((want) => conflictOn(want.integration, [want], before)),
    ...(lost.length === 0 ? [] : [{ ...conflictOn(integration, lost, before), offered: [version] }]),
  ];
  return dependencyConflict(conflicts, 'Take a version that fits, or upgrade what does not.');
}

const parted = <T>(all: readonly T[], first: (each: T) => boolean): [T[], T[]] => [all.filter(first), all.filter((each) => !first(each))];
