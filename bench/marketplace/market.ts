import { randomBytes } from 'node:crypto';
import { Mortise } from '@mortise/sdk';
import type pg from 'pg';
import sql from 'sql-template-tag';
import { runningOn } from '../../server/src/db/embedded/running.ts';
import { Database } from '../../server/src/db/pool.ts';
import { must } from '../../server/src/lib/must.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

/** A server on a filled data directory. */
export interface Market {
  readonly server: ServerProcess;
  /** Acts as the platform's admin. */
  readonly platform: Mortise;
  /** How to reach the database as its owner, and one connection to it. */
  readonly owner: pg.ClientConfig;
  readonly database: Database;
  /** The id of a workspace with neither very many nor very few integrations: one a third down the row. */
  someWorkspace(): Promise<string>;
  /** A new key of a workspace, which may only look: the secret. */
  viewerOf(workspaceId: string): Promise<string>;
  close(): Promise<void>;
}

/** Of this checkout's code, or of that in `root`. */
export async function openMarket(dataDir: string, root?: string): Promise<Market> {
  const bootstrap = `sec_${randomBytes(24).toString('base64url')}`;
  const server = await startServer(dataDir, bootstrap, root === undefined ? {} : { root });
  const owner = must(runningOn(dataDir), 'the server runs on its directory');
  const database = new Database({ ...owner, max: 1 });
  const platform = new Mortise({ url: server.url, key: bootstrap });
  return {
    server,
    platform,
    owner,
    database,
    someWorkspace: async () => {
      const { id } = await database.db.one<{ id: string }>(
        sql`select id from workspaces order by id offset (select count(*) / 3 from workspaces) limit 1`,
      );
      return id;
    },
    viewerOf: async (workspaceId) => {
      const body = { workspaceId, name: 'bench', kind: 'secret', role: 'viewer' };
      return (await platform.request<{ secret: string }>('POST', '/api/api-keys', { body })).secret;
    },
    close: async () => {
      await database.close();
      await server.stop();
    },
  };
}
