import type { Catalogue } from '@mortise/cli/importer/catalogue';
import { inParallel } from '@mortise/cli/importer/in-parallel';
import { openWorkspace } from '@mortise/cli/importer/publisher-workspace';
import type { Mortise } from '@mortise/sdk';
import type { MemberPolicy, UpgradeResult } from '@mortise/sdk/resources';
import { History } from './history.ts';
import { Measured } from './measured.ts';
import { Snapshots } from './snapshots.ts';
import { subscribe } from './subscription.ts';

/** How many integrations are worked on at once. */
const WIDTH = 4;

export interface BenchOptions {
  /** Share of the attached clones that are edited before each upgrade. */
  readonly edit: number;
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
 * since an upgrade always goes to the current version.
 */
export async function runBench(platform: Mortise, catalogue: Catalogue, options: BenchOptions): Promise<Outcome> {
  const measured = new Measured(options.databaseSize);
  const histories = await openHistories(platform, catalogue, options, measured);
  const rounds = Math.max(0, ...catalogue.integrations.map(({ versions }) => versions.length));
  for (let round = 0; round < rounds; round++) {
    options.onRound(round, rounds);
    const live = histories.filter(({ source }) => round < source.versions.length);
    await (round === 0 ? installRound(platform, live, measured) : upgradeRound(round, live, measured));
    measured.counts.versions += live.length;
    measured.counts.clonesCompared += sumOf(live, ({ attached }) => attached);
  }
  measured.counts.integrations = histories.length;
  measured.counts.edits = sumOf(histories, ({ edits }) => edits);
  return { measured, faults: histories.flatMap(({ faults }) => faults) };
}

async function openHistories(platform: Mortise, catalogue: Catalogue, options: BenchOptions, measured: Measured): Promise<History[]> {
  const { edit, policy, seed, references } = options;
  const { definitions, integrations } = catalogue;
  const { id: workspaceId } = await openWorkspace(platform, catalogue, {});
  const context = { client: platform, workspaceId, definitions, references, tally: measured.counts };
  const subscriber = await subscribe(platform, policy);
  const snapshots = new Snapshots(platform, definitions);
  const histories: History[] = [];
  await inParallel(integrations, WIDTH, async (source) => {
    histories.push(await History.open(context, source, { subscriber, snapshots, edit, seed }));
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

async function upgradeRound(round: number, live: readonly History[], measured: Measured): Promise<void> {
  const each = eachOf(live);
  const results = new Map<History, UpgradeResult>();
  await measured.phase('publish', () => each((history) => history.publish(round)));
  await measured.phase('edit', () => each((history) => history.edit(round)));
  await measured.phase('upgrade', () => each(async (history) => results.set(history, await history.upgrade())));
  await measured.phase('check', () => each((history) => history.check(round, results.get(history) ?? null)));
  await measured.phase('repeat', () => each((history) => history.repeat(round)));
  for (const result of results.values()) measured.upgraded(result);
}

const eachOf = (live: readonly History[]) => (work: (history: History) => Promise<unknown>) => inParallel(live, WIDTH, work);

const sumOf = (histories: readonly History[], count: (history: History) => number): number =>
  histories.reduce((sum, history) => sum + count(history), 0);
