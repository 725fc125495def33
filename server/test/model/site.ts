/** The real side: a publisher and a workspace that ask the server over HTTP. */

import type { Invariant } from '../../src/db/invariants.ts';
import type { TestApi, TestIntegration, TestWorkspace } from '../api.ts';
import { TestIntegration as Integrations } from '../api.ts';
import type { Doc } from './documents.ts';
import {
  closureOf,
  firstDraft,
  formerSlugsOf,
  kindOf,
  publishable,
  THINGS,
  type Thing,
  type Version,
  type VersionMember,
} from './versions.ts';
import { World } from './world.ts';

/** A member as the API tells it. */
export interface ShownMember {
  readonly id: string;
  readonly sourceMemberSlug: string;
  readonly entityId: string;
  readonly entityVersionId: string;
  readonly sourceVersionId: string;
  readonly isClone: boolean;
  readonly detached: boolean;
  readonly drift: string;
  readonly configState: string;
}

export class Site {
  readonly api: TestApi;
  readonly publisher: TestWorkspace;
  readonly buyer: TestWorkspace;
  readonly integration: TestIntegration;
  readonly invariants: readonly Invariant[];
  readonly #pins = new Map<Thing, { doc: string; pin: string }>();

  private constructor(
    api: TestApi,
    publisher: TestWorkspace,
    buyer: TestWorkspace,
    integration: TestIntegration,
    invariants: readonly Invariant[],
  ) {
    this.api = api;
    this.publisher = publisher;
    this.buyer = buyer;
    this.integration = integration;
    this.invariants = invariants;
  }

  /** A publisher with an integration, and an empty workspace. */
  static async open(api: TestApi, invariants: readonly Invariant[]): Promise<Site> {
    const publisher = await api.workspace();
    const integration = await Integrations.create(publisher, 'modelled');
    await publisher.editor.post(`/api/integrations/${integration.id}/visibility`, { visibility: 'unlisted' }, 200);
    return new Site(api, publisher, await api.workspace(), integration, invariants);
  }

  /** The model as it begins. */
  async world(): Promise<World> {
    const entries: [Thing, string][] = [];
    for (const thing of THINGS) entries.push([thing, await this.integration.entity(thing, { kind: kindOf(thing) })]);
    const sources = Object.fromEntries(entries) as Record<Thing, string>;
    return new World(firstDraft(sources), sources);
  }

  /** Publishes the draft as the next version, and tells it to the model. */
  async publish(world: World): Promise<Version> {
    const draft = publishable(world.draft);
    for (const thing of THINGS) await this.#author(world, thing, draft.docs[thing]);
    const slugs = new Map(draft.declared.map(({ thing, slug }) => [thing, slug]));
    const isPresent = (slug: string) => draft.declared.some((one) => one.slug === slug);
    const decls = draft.declared.map((one) => {
      const renamed = one.publishedAs !== null && one.publishedAs !== one.slug && !isPresent(one.publishedAs);
      return { one, renamedFrom: renamed ? (one.publishedAs ?? undefined) : undefined };
    });
    const members = decls.map(({ one, renamedFrom }) => ({
      slug: one.slug,
      entityId: world.sources[one.thing],
      kind: kindOf(one.thing),
      required: one.required,
      defaultEnabled: one.byDefault,
      forkOnInstall: one.fork,
      dependsOn: one.needs.flatMap((thing) => slugs.get(thing) ?? []),
      renamedFrom,
    }));
    const variablesSchema = schemaOf(draft.variables);
    await this.publisher.editor.patch(`/api/integrations/${this.integration.id}`, { manifest: { members }, variablesSchema }, 200);
    const number = world.versions.length + 1;
    const told = await this.publisher.editor.post(`/api/integrations/${this.integration.id}/publish`, { version: `${number}.0.0` }, 201);
    const pins: Record<string, string> = told.memberEntityVersions;
    const before = world.versions.at(-1);
    const declared = decls.map(({ one, renamedFrom }) => ({
      ...one,
      ...this.#member(world, one.thing, draft.docs[one.thing]),
      closure: false,
      formerSlugs: formerSlugsOf(one, renamedFrom, before),
    }));
    const closure = closureOf(draft).map((thing): VersionMember => {
      const about = this.#member(world, thing, draft.docs[thing]);
      const [slug] = Object.entries(pins).find(([, pin]) => pin === about.pin) ?? [`no member pins the schema ${thing}`];
      return { ...about, thing, slug, fork: false, required: false, byDefault: false, needs: [], closure: true, formerSlugs: [] };
    });
    const version = { id: told.id, number, members: [...declared, ...closure], variables: draft.variables };
    world.versions.push(version);
    world.draft = { ...draft, declared: draft.declared.map((one) => ({ ...one, publishedAs: one.slug })) };
    return version;
  }

  #member(world: World, thing: Thing, doc: Doc) {
    return { source: world.sources[thing], pin: this.#pins.get(thing)?.pin ?? '', doc };
  }

  async #author(world: World, thing: Thing, doc: Doc): Promise<void> {
    if (this.#pins.get(thing)?.doc === JSON.stringify(doc)) return;
    const { currentVersionId } = await this.publisher.editor.patch(`/api/entities/${world.sources[thing]}`, { definition: doc }, 200);
    this.#pins.set(thing, { doc: JSON.stringify(doc), pin: currentVersionId });
  }

  async members(installId: string): Promise<ShownMember[]> {
    return (await this.buyer.viewer.get(`/api/integration-installs/${installId}/members`)).members;
  }

  /** The ids of members and clones by slug. */
  async given(installId: string): Promise<Map<string, { id: string; entityId: string }>> {
    return new Map((await this.members(installId)).map((member) => [member.sourceMemberSlug, member]));
  }
}

const DEFAULTS = { tone: {}, size: { default: 3 }, mood: {} };

function schemaOf(variables: Version['variables']): object {
  const names = Object.entries(variables).flatMap(([name, use]) => (use === undefined ? [] : [name as keyof typeof DEFAULTS]));
  const required = names.filter((name) => variables[name] === 'required');
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, DEFAULTS[name]])), required };
}
