import type { CatalogueIntegration, CatalogueVersion } from '@mortise/cli/importer/catalogue';
import { type ImportContext, IntegrationImport } from '@mortise/cli/importer/integration-import';
import type { IntegrationVersion, UpgradeResult } from '@mortise/sdk/resources';
import { must } from '../../server/src/lib/must.ts';
import { randomOf } from '../random.ts';
import { repeatFaults, resultFaults, viewFaults } from './check.ts';
import type { Snapshots } from './snapshots.ts';
import { type Subscriber, Subscription, type View } from './subscription.ts';

export interface HistoryOptions {
  readonly subscriber: Subscriber;
  readonly snapshots: Snapshots;
  /** Share of the attached clones that are edited before each upgrade. */
  readonly edit: number;
  readonly seed: string;
}

/** One integration and the one install of it, moved through the versions together: round by round, in the order of these methods. */
export class History {
  readonly source: CatalogueIntegration;
  readonly #options: HistoryOptions;
  readonly #importing: IntegrationImport;
  readonly #faults: string[] = [];
  #version: IntegrationVersion | null = null;
  #subscription: Subscription | null = null;
  #view: View | null = null;

  private constructor(source: CatalogueIntegration, importing: IntegrationImport, options: HistoryOptions) {
    this.source = source;
    this.#importing = importing;
    this.#options = options;
  }

  static async open(context: ImportContext, source: CatalogueIntegration, options: HistoryOptions): Promise<History> {
    return new History(source, await IntegrationImport.open(context, source), options);
  }

  get id(): string {
    return this.#importing.id;
  }

  /** Everything that did not hold, with the version at which. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** How many clones are compared with a rendering at each check. */
  get attached(): number {
    return this.#view?.members.filter(({ isClone, detached }) => isClone && !detached).length ?? 0;
  }

  /** How many clones were edited so far. */
  get edits(): number {
    return this.#subscription?.edits.size ?? 0;
  }

  async publish(round: number): Promise<void> {
    this.#version = await this.#importing.publish(this.#sourceOf(round));
  }

  async install(): Promise<void> {
    this.#subscription = await Subscription.install(this.#options.subscriber, this.#published());
  }

  async edit(round: number): Promise<void> {
    const { edit, seed } = this.#options;
    const random = randomOf(`${seed}/${this.source.slug}/${round}`);
    const count = await this.#installed().edit(this.#viewed(), edit, random);
    if (count > 0) this.#view = await this.#installed().view();
  }

  async upgrade(): Promise<UpgradeResult> {
    const result = await this.#installed().upgrade();
    this.#installed().expectVariablesOf(this.#published());
    return result;
  }

  /** Reads the snapshot and the install, and compares them; `result` is what the upgrade said, null after the install. */
  async check(round: number, result: UpgradeResult | null): Promise<void> {
    const { subscriber, snapshots } = this.#options;
    const snapshot = await snapshots.read(this.#published(), this.#sourceOf(round), this.source.slug);
    const before = this.#view;
    const after = await this.#installed().view();
    const { variables, edits } = this.#installed();
    this.#note(round, snapshot.faults);
    this.#note(round, viewFaults(after, snapshot, { variables, edits, policy: subscriber.policy }));
    if (before !== null && result !== null) this.#note(round, resultFaults(before, after, result));
    this.#view = after;
  }

  /** Upgrades once more, which must do nothing. */
  async repeat(round: number): Promise<void> {
    this.#note(round, repeatFaults(this.#viewed(), await this.#installed().upgrade()));
  }

  #note(round: number, faults: readonly string[]): void {
    const at = `${this.source.slug}@${this.#sourceOf(round).version}`;
    this.#faults.push(...faults.map((fault) => `${at}: ${fault}`));
  }

  #sourceOf(round: number): CatalogueVersion {
    return must(this.source.versions[round], 'rounds end with the versions');
  }

  #published(): IntegrationVersion {
    return must(this.#version, 'a round starts with publishing');
  }

  #installed(): Subscription {
    return must(this.#subscription, 'the first round installs');
  }

  #viewed(): View {
    return must(this.#view, 'the first round checks');
  }
}
