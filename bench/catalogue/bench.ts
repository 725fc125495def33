import type { Catalogue } from '@mortise/cli/importer/catalogue';
import { inParallel } from '@mortise/cli/importer/in-parallel';
import { openWorkspace } from '@mortise/cli/importer/publisher-workspace';
import type { Mortise } from '@mortise/sdk';
import type { Strategy } from '@mortise/sdk/changes';
import type { MemberPolicy } from '@mortise/sdk/resources';
import { chancesOf, type Outlook } from './editing.ts';
import { History } from './history.ts';
import { Measured } from './measured.ts';
import { Snapshots } from './snapshots.ts';
import { subscribe } from './subscription.ts';

/** How many integrations are worked on at once. */
const WIDTH = 4;

export interface BenchOptions {
  /** Share of the clones that are edited before each upgrade. */
  readonly edit: number;
  /** What upgrades do with edited clones. */
  readonly strategy: Strategy;
  readonly policy: MemberPolicy;
  readonly seed: string;
  /** Kinds that installs refer to, instead of cloning them. */
  readonly references: ReadonlySet<string>;
  /** The size of the database in bytes. */
  readonly databaseSize: () => Promise<number>;
  readonly onRound: (round: number, rounds: number) => void;
}

export interface Outcome {
  readonly measured: Measured;
  readonly faults: readonly string[];
}

/**
 * Publishes the catalogue version by version, and after each round moves an install of every integration along and checks it. In rounds,
 * since an upgrade always goes to the current version. At last all installs go back to what they were at first, and from there back again.
 */
export async function runBench(platform: Mortise, catalogue: Catalogue, options: BenchOptions): Promise<Outcome> {
  const measured = new Measured(options.databaseSize);
  const histories = await openHistories(platform, catalogue, options, measured);
  const rounds = Math.max(0, ...catalogue.integrations.map(({ versions }) => versions.length));
  for (let round = 0; round < rounds; round++) {
    options.onRound(round, rounds);
    const live = histories.filter(({ source }) => round < source.versions.length);
    await (round === 0 ? installRound(platform, live, measured) : upgradeRound(round, live, measured, options.edit));
    measured.counts.versions += live.length;
    measured.counts.clonesCompared += sumOf(live, ({ attached }) => attached);
  }
  measured.counts.integrations = histories.length;
  await rollbackRound(
    histories.filter(({ canRollBack }) => canRollBack),
    measured,
  );
  return { measured, faults: histories.flatMap(({ faults }) => faults) };
}

async function openHistories(platform: Mortise, catalogue: Catalogue, options: BenchOptions, measured: Measured): Promise<History[]> {
  const { strategy, policy, seed, references } = options;
  const { definitions, integrations } = catalogue;
  const { id: workspaceId } = await openWorkspace(platform, catalogue, {});
  const context = { client: platform, workspaceId, definitions, references, tally: measured.counts };
  const subscriber = await subscribe(platform, policy);
  const snapshots = new Snapshots(platform, definitions);
  const histories: History[] = [];
  await inParallel(integrations, WIDTH, async (source) => {
    histories.push(await History.open(context, source, { subscriber, snapshots, measured, seed, strategy }));
  });
  return histories;
}

async function installRound(platform: Mortise, live: readonly History[], measured: Measured): Promise<void> {
  const each = eachOf(live);
  await measured.phase('publish', () => each((history) => history.publish(0)));
  await each(({ id }) => platform.request('POST', `/api/integrations/${id}/visibility`, { body: { visibility: 'public' } }));
  await measured.phase('install', () => each((history) => history.install()));
  await measured.phase('check', () => each((history) => history.check(0, null)));
}

async function upgradeRound(round: number, live: readonly History[], measured: Measured, share: number): Promise<void> {
  const each = eachOf(live);
  const outlooks: Outlook[] = [];
  const upgrades = new Map<History, Awaited<ReturnType<History['upgrade']>>>();
  await measured.phase('publish', () => each((history) => history.publish(round)));
  await measured.phase('foresee', () => each(async (history) => outlooks.push(...(await history.foresee(round)))));
  const chances = chancesOf(outlooks, share);
  await measured.phase('edit', () => each((history) => history.edit(round, chances)));
  await measured.phase('plan', () => each((history) => history.plan()));
  await measured.phase('upgrade', () => each(async (history) => upgrades.set(history, await history.upgrade())));
  await measured.phase('check', () => each((history) => history.check(round, upgrades.get(history) ?? null)));
  await measured.phase('repeat', () => each((history) => history.repeat(round)));
  for (const { report } of upgrades.values()) measured.upgraded(report);
}

/** To the first revision, and from there to the last one again. */
async function rollbackRound(live: readonly History[], measured: Measured): Promise<void> {
  for (const way of ['rollBack', 'rollForward'] as const) {
    const checks: (() => Promise<void>)[] = [];
    await measured.phase(way, () => inParallel(live, WIDTH, async (history) => checks.push(await history[way]())));
    await measured.phase('check', () => inParallel(checks, WIDTH, (check) => check()));
  }
  measured.counts.rolledBack = live.length;
}

const eachOf = (live: readonly History[]) => (work: (history: History) => Promise<unknown>) => inParallel(live, WIDTH, work);

const sumOf = (histories: readonly History[], count: (history: History) => number): number =>
  histories.reduce((sum, history) => sum + count(history), 0);
