import { must } from '../src/lib/must.ts';
import type { Actor } from './actor.ts';
import type { Integration, Member } from './data.ts';
import { type FullRelease, unfold, withEntities } from './releases.ts';
import type { DemoWorkspace } from './workspaces.ts';

/** One integration on its way through its releases. */
export class Publisher {
  readonly id: string;
  /** `publisher/slug`. */
  readonly name: string;
  readonly #workspace: DemoWorkspace;
  readonly #platform: Actor;
  readonly #coming: FullRelease[];
  /** Member slug → entity id; a renamed member is found by its old names too. */
  readonly #entities = new Map<string, string>();

  private constructor(workspace: DemoWorkspace, platform: Actor, id: string, { slug, releases }: Integration) {
    this.id = id;
    this.name = `${workspace.handle}/${slug}`;
    this.#workspace = workspace;
    this.#platform = platform;
    this.#coming = unfold(releases);
  }

  /** Creates the draft. `platform` raises the trust tier, makes public what shall be, and approves its releases. */
  static async open(workspace: DemoWorkspace, platform: Actor, integration: Integration): Promise<Publisher> {
    const { slug, name, description, visibility, trustTier } = integration;
    const called = `${workspace.handle}/${slug}`;
    const body = { workspaceId: workspace.id, slug, name, description };
    const id = await workspace.editor.create(`integration ${called}`, '/api/integrations', body);
    if (trustTier !== undefined) await platform.patch(`trust ${called}`, `/api/integrations/${id}`, { trustTier });
    if (visibility !== 'private') await platform.post(`visibility ${called}`, `/api/integrations/${id}/visibility`, { visibility });
    return new Publisher(workspace, platform, id, integration);
  }

  /** Publishes the releases that are still to come, up to and with this one; without one, all. Resolves to the last one's id. */
  async publish(upTo = must(this.#coming.at(-1), 'a release is still to come').version): Promise<string> {
    for (let id = ''; ; ) {
      const release = must(this.#coming.shift(), `${this.name} has a release ${upTo} still to come`);
      id = await this.#release(release);
      if (release.version === upTo) return id;
    }
  }

  async #release(release: FullRelease): Promise<string> {
    const { version, changelog, variablesSchema, authConfig } = release;
    const step = `${this.name} ${version}`;
    await this.#bring(release);
    const draft = { manifest: this.#manifest(release), variablesSchema, authConfig };
    await this.#workspace.editor.patch(`draft ${step}`, `/api/integrations/${this.id}`, draft);
    const id = await this.#workspace.editor.create(`publish ${step}`, `/api/integrations/${this.id}/publish`, { version, changelog });
    await this.#approve(id, step);
    return id;
  }

  /** New entities first: changed ones may refer to them. */
  async #bring({ members, changed, version }: FullRelease): Promise<void> {
    const known = new Set([...members].flatMap(([slug, member]) => (this.#knows(slug, member) ? [slug] : [])));
    for (const [slug, member] of members) if (!known.has(slug)) await this.#create(slug, member);
    for (const [slug, member] of members) if (known.has(slug) && changed.has(slug)) await this.#change(slug, member, version);
  }

  #knows(slug: string, { renamedFrom }: Member): boolean {
    const before = renamedFrom === undefined ? undefined : this.#entities.get(renamedFrom);
    if (before !== undefined) this.#entities.set(slug, before);
    return this.#entities.has(slug);
  }

  /** A public integration's release that asks more of installers than the one before waits for a reviewer. */
  async #approve(versionId: string, step: string): Promise<void> {
    const waiting = `/api/review-submissions?state=pending&integration_version_id=${versionId}`;
    const { data } = await this.#platform.get<{ data: { id: string }[] }>(waiting);
    for (const { id } of data) await this.#platform.post(`approve ${step}`, `/api/review-submissions/${id}/approve`);
  }

  async #create(slug: string, { kind, name, description, definition }: Member): Promise<void> {
    const { id: workspaceId, editor } = this.#workspace;
    const body = { workspaceId, kind, slug, name, description, definition: withEntities(definition, this.#entities) };
    this.#entities.set(slug, await editor.create(`entity ${this.name} ${slug}`, '/api/entities', body));
  }

  async #change(slug: string, { name, description, definition }: Member, version: string): Promise<void> {
    const body = { name, description, definition: withEntities(definition, this.#entities) };
    await this.#workspace.editor.patch(`entity ${this.name} ${slug} ${version}`, `/api/entities/${this.#entityOf(slug)}`, body);
  }

  #manifest({ members, dependencies, defaults }: FullRelease): object {
    const declared = [...members].filter(([, member]) => member.closure !== true).map(([slug, member]) => this.#declaration(slug, member));
    return { members: declared, dependencies, defaults };
  }

  #declaration(slug: string, { kind, required, defaultEnabled, forkOnInstall = true, dependsOn, renamedFrom }: Member): object {
    return { slug, entityId: this.#entityOf(slug), kind, required, defaultEnabled, forkOnInstall, dependsOn, renamedFrom };
  }

  #entityOf(slug: string): string {
    return must(this.#entities.get(slug), `the entity of ${slug} was made`);
  }
}
