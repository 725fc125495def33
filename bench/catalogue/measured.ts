import type { ChangeReport } from '@mortise/sdk/changes';
import type { UpgradeResult } from '@mortise/sdk/resources';
import { noMerges } from './merge-round.ts';
import { noRollbacks } from './rollback-check.ts';

const PHASES = ['publish', 'install', 'foresee', 'edit', 'plan', 'upgrade', 'check', 'repeat', 'rollBack', 'rollForward'] as const;
export type Phase = (typeof PHASES)[number];

const zeros = (): Record<Phase, number> => Object.fromEntries(PHASES.map((phase) => [phase, 0])) as Record<Phase, number>;

/** What a run counts up, round after round. */
export class Measured {
  readonly counts = {
    integrations: 0,
    versions: 0,
    entities: 0,
    entityVersions: 0,
    upgrades: 0,
    clonesCompared: 0,
    /** At places that the next version changes as well, and at others. */
    editsContested: 0,
    editsElsewhere: 0,
    rolledBack: 0,
  };
  /** Members in the four lists of all upgrades. */
  readonly members: Record<keyof UpgradeResult, number> = { updated: 0, added: 0, removed: 0, skipped: 0 };
  readonly merges = noMerges();
  readonly rollbacks = noRollbacks();
  readonly seconds = zeros();
  /** By which the database grew in a phase. */
  readonly bytes = zeros();
  readonly #databaseSize: () => Promise<number>;

  constructor(databaseSize: () => Promise<number>) {
    this.#databaseSize = databaseSize;
  }

  async phase(phase: Phase, work: () => Promise<void>): Promise<void> {
    const size = await this.#databaseSize();
    const start = performance.now();
    await work();
    this.seconds[phase] += (performance.now() - start) / 1000;
    this.bytes[phase] += (await this.#databaseSize()) - size;
  }

  upgraded({ updated, added, removed, skipped }: ChangeReport): void {
    this.counts.upgrades += 1;
    this.members.updated += updated.length;
    this.members.added += added.length;
    this.members.removed += removed.length;
    this.members.skipped += skipped.length;
  }
}
