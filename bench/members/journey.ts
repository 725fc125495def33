import type { Mortise } from '@mortise/sdk';
import type { Entity, IntegrationInstall } from '@mortise/sdk/resources';
import type pg from 'pg';
import { chunks } from '../../server/src/lib/chunks.ts';
import { timed } from '../measure.ts';
import type { Tenant } from './stage.ts';

const AT_ONCE = 4;

/** What the workspace adds to the definitions that it edits. */
export const HOUSE = { house: 'Our own rules.' };

/** What a change of an install answers. */
export interface Moved {
  readonly updated: readonly string[];
  readonly merged: readonly string[];
  readonly revision: number | null;
}

/** One install of a workspace, moved from version to version. */
export class Journey {
  readonly installId: string;
  readonly #client: Mortise;

  private constructor(client: Mortise, installId: string) {
    this.#client = client;
    this.installId = installId;
  }

  static async begin(client: Mortise, { workspaceId }: Tenant, integrationId: string, integrationVersionId: string): Promise<Journey> {
    const { id } = await client.request<IntegrationInstall>('POST', `/api/integrations/${integrationId}/install`, {
      body: { workspaceId, integrationVersionId, memberPolicy: 'auto_all' },
    });
    return new Journey(client, id);
  }

  upgrade(integrationVersionId: string, strategy = 'skip') {
    return this.#time<Moved>('upgrade', { integrationVersionId, strategy, detail: true });
  }

  plan(integrationVersionId: string) {
    return this.#time<Pick<Moved, 'updated'>>('upgrade-plan', { integrationVersionId });
  }

  rollback(revision: number) {
    return this.#time<Moved>('rollback', { revision });
  }

  uninstall() {
    return timed(() => this.#client.request<object>('DELETE', `/api/integration-installs/${this.installId}`));
  }

  restore() {
    return this.#time<object>('restore');
  }

  purge() {
    return timed(() => this.#client.request<object>('DELETE', `/api/integration-installs/${this.installId}/purge`));
  }

  members() {
    return timed(() => this.#client.request<{ members: object[] }>('GET', `/api/integration-installs/${this.installId}/members`));
  }

  /** Changes the clones of the first so many members as their workspace does, which detaches them. */
  async edit(owner: pg.Client, count: number): Promise<void> {
    const { rows } = await owner.query<{ id: string; body: string }>(
      `select e.id, d.body from integration_members m join entities e on e.id = m.entity_id join definitions d on d.digest = e.definition_digest
       join integration_installs i on i.id = m.integration_install_id
       join integration_version_members p on p.integration_version_id = made_from(m.source_version_id, i.integration_version_id) and p.slug = m.source_member_slug
       where m.integration_install_id = $1 and m.deleted_at is null order by p.position limit $2`,
      [this.installId, count],
    );
    for (const chunk of chunks(rows, AT_ONCE)) {
      const edits = chunk.map(({ id, body }) => ({ id, definition: { ...(JSON.parse(body) as object), ...HOUSE } }));
      await Promise.all(
        edits.map(({ id, definition }) => this.#client.request<Entity>('PATCH', `/api/entities/${id}`, { body: { definition } })),
      );
    }
  }

  #time<T>(verb: string, body?: object) {
    return timed(() => this.#client.request<T>('POST', `/api/integration-installs/${this.installId}/${verb}`, { ...(body && { body }) }));
  }
}
