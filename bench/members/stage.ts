import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mortise } from '@mortise/sdk';
import type { Workspace } from '@mortise/sdk/resources';
import pg from 'pg';
import { runningOn } from '../../server/src/db/embedded/running.ts';
import { must } from '../../server/src/lib/must.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

/** A workspace and a client that may edit there. */
export interface Tenant {
  readonly workspaceId: string;
  readonly userId: string;
  readonly secret: string;
}

/** A running server with its database beside it. */
export interface Running {
  readonly server: ServerProcess;
  /** The database as its owner. */
  readonly owner: pg.Client;
  as(tenant: Pick<Tenant, 'secret'>): Mortise;
  tenant(name: string): Promise<Tenant>;
  stop(): Promise<void>;
}

/** A data directory of its own, on which a server is started as often as needed: each process has its own peak of memory. */
export class Stage {
  readonly dataDir: string;
  readonly #key = `sec_${randomBytes(24).toString('hex')}`;
  #running: Running | null = null;

  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static async open(): Promise<Stage> {
    return new Stage(await mkdtemp(join(tmpdir(), 'mortise-bench-')));
  }

  async close(): Promise<void> {
    await this.#running?.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async start(): Promise<Running> {
    const server = await startServer(this.dataDir, this.#key, { counting: true });
    const owner = new pg.Client(must(runningOn(this.dataDir), 'the server runs its database'));
    await owner.connect();
    const platform = new Mortise({ url: server.url, key: this.#key });
    this.#running = {
      server,
      owner,
      as: ({ secret }) => new Mortise({ url: server.url, key: secret }),
      tenant: (name) => tenantOf(platform, name),
      stop: async () => {
        this.#running = null;
        await owner.end();
        await server.stop();
      },
    };
    return this.#running;
  }
}

async function tenantOf(platform: Mortise, handle: string): Promise<Tenant> {
  const { id, createdBy } = await platform.request<Workspace>('POST', '/api/workspaces', { body: { name: handle, handle } });
  const body = { workspaceId: id, name: 'bench', kind: 'secret', role: 'admin' };
  const { secret } = await platform.request<{ secret: string }>('POST', '/api/api-keys', { body });
  return { workspaceId: id, userId: createdBy, secret };
}
