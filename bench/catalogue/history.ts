import type { CatalogueIntegration, CatalogueVersion } from '@mortise/cli/importer/catalogue';
import { type ImportContext, IntegrationImport } from '@mortise/cli/importer/integration-import';
import type { ChangeReport, Strategy, UpgradePlan } from '@mortise/sdk/changes';
import type { IntegrationVersion, JsonObject } from '@mortise/sdk/resources';
import { must } from '../../server/src/lib/must.ts';
import { randomOf } from '../random.ts';
import { repeatFaults, resultFaults, viewFaults } from './check.ts';
import { renderedClones } from './clones.ts';
import { type Chances, type Outlook, outlooksOf, planEdit } from './editing.ts';
import type { Measured } from './measured.ts';
import { planFaults } from './plan-check.ts';
import { returnFaults, rollbackFaults } from './rollback-check.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';
import { type Subscriber, Subscription, type View } from './subscription.ts';
import { settleRound } from './upgrade-round.ts';

export interface HistoryOptions {
  readonly subscriber: Subscriber;
  readonly snapshots: Snapshots;
  readonly measured: Measured;
  readonly seed: string;
  readonly strategy: Strategy;
}

/** An install as it was read back, and what its clones are where nobody edited them. */
interface Stand {
  readonly view: View;
  readonly rendered: ReadonlyMap<string, JsonObject>;
}

/** An upgrade under way: what was planned, and what the server says that it did. */
interface Upgrade {
  readonly plan: UpgradePlan;
  readonly report: ChangeReport;
}

/** One integration and the one install of it, moved through the versions together: round by round, in the order of these methods. */
export class History {
  readonly source: CatalogueIntegration;
  readonly #options: HistoryOptions;
  readonly #importing: IntegrationImport;
  readonly #faults: string[] = [];
  #version: IntegrationVersion | null = null;
  #snapshot: Snapshot | null = null;
  #subscription: Subscription | null = null;
  #first: View | null = null;
  #stand: Stand | null = null;
  #outlooks: readonly Outlook[] = [];
  #plan: UpgradePlan | null = null;
  /** The last revision of the install. */
  #revision = 1;

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
    return this.#stand?.view.members.filter(({ isClone, detached }) => isClone && !detached).length ?? 0;
  }

  /** Whether there is an earlier revision to go back to. */
  get canRollBack(): boolean {
    return this.#revision > 1;
  }

  async publish(round: number): Promise<void> {
    this.#version = await this.#importing.publish(this.#sourceOf(round));
  }

  async install(): Promise<void> {
    this.#subscription = await Subscription.install(this.#options.subscriber, this.#published());
    await this.#readSnapshot(0);
  }

  /** What the published version changes in the clones, before it goes in. */
  async foresee(round: number): Promise<readonly Outlook[]> {
    await this.#readSnapshot(round);
    const { view, rendered } = this.#standing();
    this.#installed().expectVariablesOf(this.#published());
    const next = renderedClones(view, this.#pinned(), this.#installed().variables);
    this.#outlooks = outlooksOf(view, rendered, next);
    return this.#outlooks;
  }

  async edit(round: number, chances: Chances): Promise<void> {
    const random = randomOf(`${this.#options.seed}/${this.source.slug}/${round}`);
    const { rendered } = this.#standing();
    const { counts } = this.#options.measured;
    for (const outlook of this.#outlooks) {
      const edit = planEdit(outlook, chances, `edit ${round}`, random);
      if (edit === null) continue;
      await this.#installed().edit(outlook, edit, rendered.get(outlook.entityId) ?? {});
      counts[edit.contested ? 'editsContested' : 'editsElsewhere'] += 1;
    }
    this.#stand = { rendered, view: await this.#installed().view() };
  }

  async plan(): Promise<void> {
    this.#plan = await this.#installed().plan(this.#options.strategy);
  }

  async upgrade(): Promise<Upgrade> {
    const plan = must(this.#plan, 'an upgrade is planned first');
    const report = await this.#installed().upgrade(plan);
    this.#revision = report.revision ?? this.#revision;
    return { plan, report };
  }

  /** Reads the install and compares it; `upgrade` is null after the install. */
  async check(round: number, upgrade: Upgrade | null): Promise<void> {
    const { subscriber, strategy } = this.#options;
    const view = await this.#installed().view();
    const stand = { view, rendered: renderedClones(view, this.#pinned(), this.#installed().variables) };
    if (upgrade !== null) this.#note(round, await this.#upgradeFaults(stand, upgrade));
    const { variables, edits } = this.#installed();
    this.#note(round, viewFaults(view, this.#pinned(), { variables, edits, policy: subscriber.policy, strategy }));
    this.#first ??= view;
    this.#stand = stand;
  }

  async #upgradeFaults({ view: after, rendered: theirs }: Stand, { plan, report }: Upgrade): Promise<string[]> {
    const { strategy, measured } = this.#options;
    const { view: before, rendered: base } = this.#standing();
    const round = { before, after, base, theirs, report, ledgers: this.#installed().ledgers, bases: this.#installed().bases };
    const faults = await settleRound(strategy, this.#installed(), round, measured.merges);
    return [...resultFaults(before, after, report, strategy), ...planFaults(plan, report, before, after), ...faults];
  }

  /** Upgrades once more, which must do nothing. */
  async repeat(round: number): Promise<void> {
    const { strategy } = this.#options;
    this.#note(round, repeatFaults(this.#standing().view, await this.#installed().upgradeAgain(strategy), strategy));
  }

  /** Takes the install back to its first revision, and compares it with what it was then. */
  async rollBack(): Promise<() => Promise<void>> {
    const report = await this.#installed().rollBack(1);
    return async () => {
      const after = await this.#installed().view();
      const first = must(this.#first, 'the first round checks');
      const rollback = { first, before: this.#standing().view, after, ledgers: this.#installed().ledgers, report };
      this.#note(this.#lastRound, rollbackFaults(rollback, this.#options.measured.rollbacks));
    };
  }

  /** Takes that back. */
  async rollForward(): Promise<() => Promise<void>> {
    await this.#installed().rollBack(this.#revision);
    return async () => this.#note(this.#lastRound, returnFaults(this.#standing().view, await this.#installed().view()));
  }

  async #readSnapshot(round: number): Promise<void> {
    this.#snapshot = await this.#options.snapshots.read(this.#published(), this.#sourceOf(round), this.source.slug);
    this.#note(round, this.#snapshot.faults);
  }

  #note(round: number, faults: readonly string[]): void {
    const at = `${this.source.slug}@${this.#sourceOf(round).version}`;
    this.#faults.push(...faults.map((fault) => `${at}: ${fault}`));
  }

  get #lastRound(): number {
    return this.source.versions.length - 1;
  }

  #sourceOf(round: number): CatalogueVersion {
    return must(this.source.versions[round], 'rounds end with the versions');
  }

  #published(): IntegrationVersion {
    return must(this.#version, 'a round starts with publishing');
  }

  #pinned(): Snapshot {
    return must(this.#snapshot, 'a round reads what was published');
  }

  #installed(): Subscription {
    return must(this.#subscription, 'the first round installs');
  }

  #standing(): Stand {
    return must(this.#stand, 'the first round checks');
  }
}
