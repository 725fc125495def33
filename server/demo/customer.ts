import { must } from '../src/lib/must.ts';
import type { Publisher } from './publisher.ts';
import type { DemoWorkspace } from './workspaces.ts';

interface Member {
  readonly id: string;
  readonly entityId: string;
  readonly sourceMemberSlug: string;
}

/** An install in a workspace, and what its people do with it. */
export class DemoInstall {
  readonly id: string;
  /** What the steps are called by. */
  readonly #name: string;
  readonly #workspace: DemoWorkspace;

  private constructor(workspace: DemoWorkspace, id: string, name: string) {
    this.#workspace = workspace;
    this.id = id;
    this.#name = name;
  }

  static async make(workspace: DemoWorkspace, integration: Publisher, choices: object = {}): Promise<DemoInstall> {
    const name = `${workspace.handle} ${integration.name}`;
    const body = { workspaceId: workspace.id, ...choices };
    const id = await workspace.editor.create(`install ${name}`, `/api/integrations/${integration.id}/install`, body);
    return new DemoInstall(workspace, id, name);
  }

  async upgrade(version: string): Promise<void> {
    await this.#workspace.editor.post(`upgrade ${this.#name} ${version}`, `/api/integration-installs/${this.id}/upgrade`);
  }

  /** Another definition for the clone, which detaches it. */
  async edit(slug: string, definition: object): Promise<void> {
    const { entityId } = await this.#member(slug);
    await this.#workspace.editor.patch(`edit ${this.#name} ${slug}`, `/api/entities/${entityId}`, { definition });
  }

  async deleteClone(slug: string): Promise<void> {
    const { entityId } = await this.#member(slug);
    await this.#workspace.editor.delete(`delete ${this.#name} ${slug}`, `/api/entities/${entityId}`);
  }

  async detach(slug: string): Promise<void> {
    const { id } = await this.#member(slug);
    await this.#workspace.editor.post(`detach ${this.#name} ${slug}`, `/api/integration-members/${id}/detach`, { detached: true });
  }

  async disable(slug: string): Promise<void> {
    const { id } = await this.#member(slug);
    await this.#workspace.editor.patch(`disable ${this.#name} ${slug}`, `/api/integration-members/${id}`, { enabled: false });
  }

  async #member(slug: string): Promise<Member> {
    const { members } = await this.#workspace.editor.get<{ members: Member[] }>(`/api/integration-installs/${this.id}/members`);
    const found = members.find((member) => member.sourceMemberSlug === slug);
    return must(found, `${this.#name} has a member ${slug}`);
  }
}
