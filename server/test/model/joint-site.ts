/** A publisher of a few integrations that want one another, and a workspace that installs them, some under names. */
import { expect } from 'vitest';
import { findBreaches, type Invariant, tellBreaches } from '../../src/db/invariants.ts';
import { must } from '../../src/lib/must.ts';
import { type Answer, type TestApi, TestIntegration, type TestWorkspace } from '../api.ts';

export const THINGS = ['a', 'b', 'c'] as const;
export type Thing = (typeof THINGS)[number];
export const NAMES = [null, 'eu', 'us'] as const;

interface Published {
  readonly integration: TestIntegration;
  /** The highest major that was published. */
  major: number;
}

/** An install as the test knows it; what it has is asked. */
export interface Known {
  readonly id: string;
  readonly thing: Thing;
  readonly name: string | null;
  active: boolean;
}

const MEMBER = { forkOnInstall: true, required: true };

export class JointSite {
  readonly api: TestApi;
  readonly buyer: TestWorkspace;
  readonly installs: Known[] = [];
  readonly #invariants: readonly Invariant[];
  readonly #publisher: TestWorkspace;
  readonly #published: Readonly<Record<Thing, Published>>;

  private constructor(
    api: TestApi,
    invariants: readonly Invariant[],
    publisher: TestWorkspace,
    buyer: TestWorkspace,
    published: Readonly<Record<Thing, Published>>,
  ) {
    this.api = api;
    this.#invariants = invariants;
    this.#publisher = publisher;
    this.buyer = buyer;
    this.#published = published;
  }

  static async open(api: TestApi, invariants: readonly Invariant[]): Promise<JointSite> {
    const [publisher, buyer] = [await api.workspace(), await api.workspace()];
    const published: Partial<Record<Thing, Published>> = {};
    for (const thing of THINGS) {
      const integration = await TestIntegration.create(publisher, thing);
      await api.platform.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'public' }, 200);
      await integration.publish('1.0.0', { m: { ...MEMBER, definition: { major: 1 } } });
      published[thing] = { integration, major: 1 };
    }
    return new JointSite(api, invariants, publisher, buyer, published as Record<Thing, Published>);
  }

  integration(thing: Thing): TestIntegration {
    return this.#published[thing].integration;
  }

  /** The next major of a thing, which wants others in the major that they have, or the one before. */
  async publish(
    thing: Thing,
    wants: readonly { readonly of: Thing; readonly behind: boolean; readonly optional: boolean }[],
  ): Promise<void> {
    const published = this.#published[thing];
    const major = published.major + 1;
    const dependencies = wants
      .filter(({ of }) => of !== thing)
      .map(({ of, behind, optional }) => {
        const wanted = Math.max(1, this.#published[of].major - (behind ? 1 : 0));
        return { integration: `${this.#publisher.handle}/${of}`, range: `^${wanted}`, optional };
      });
    const member = { ...MEMBER, definition: { major } };
    await published.integration.publish(`${major}.0.0`, { m: member }, { manifest: { dependencies } });
    published.major = major;
  }

  active(): Known[] {
    return this.installs.filter(({ active }) => active);
  }

  async versionOf({ id }: Known): Promise<string> {
    return (await this.buyer.viewer.get(`/api/integration-installs/${id}`)).integrationVersionId;
  }

  /** Install id → the version that it has. */
  async versions(): Promise<Record<string, string>> {
    const entries: [string, string][] = [];
    for (const known of this.installs) entries.push([known.id, await this.versionOf(known)]);
    return Object.fromEntries(entries);
  }

  call(path: string, body: object): Promise<Answer> {
    return this.buyer.editor.call('POST', path, body);
  }

  /** What must always hold, and that nothing is left of installs that are not active. */
  async expectSound(): Promise<void> {
    expect(tellBreaches(await findBreaches(this.api.test.owner.db, [...this.#invariants]))).toBe('');
    for (const { id, name, active } of this.installs) {
      const shown = await this.buyer.viewer.get(`/api/integration-installs/${id}`);
      expect({ name: shown.name, active: shown.deletedAt === null }).toEqual({ name, active });
    }
  }

  known(id: string): Known {
    return must(
      this.installs.find((each) => each.id === id),
      'the test made every install',
    );
  }
}
