import type { UpgradeResult } from '@mortise/sdk/resources';

export type Phase = 'publish' | 'install' | 'edit' | 'upgrade' | 'check' | 'repeat';

/** What a run counts up, round after round. */
export class Measured {
  readonly counts = { integrations: 0, versions: 0, entities: 0, entityVersions: 0, upgrades: 0, clonesCompared: 0, edits: 0 };
  /** Members in the four lists of all upgrades. */
  readonly members: Record<keyof UpgradeResult, number> = { updated: 0, added: 0, removed: 0, skipped: 0 };
  readonly seconds: Record<Phase, number> = { publish: 0, install: 0, edit: 0, upgrade: 0, check: 0, repeat: 0 };
  /** By which the database grew in a phase. */
  readonly bytes: Record<Phase, number> = { publish: 0, install: 0, edit: 0, upgrade: 0, check: 0, repeat: 0 };
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

  upgraded({ updated, added, removed, skipped }: UpgradeResult): void {
    this.counts.upgrades += 1;
    this.members.updated += updated.length;
    this.members.added += added.length;
    this.members.removed += removed.length;
    this.members.skipped += skipped.length;
  }
}
