// Writes server/schema.sql: runs the migrations on an empty database and describes what came out. Part of `npm run generate`.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { connectOwner } from '../src/db/connection.ts';
import { startEmbedded } from '../src/db/embedded/start.ts';
import { setUp } from '../src/db/open.ts';
import { schemaText } from './schema-text.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

await using teardown = new AsyncDisposableStack();
const dataDir = await mkdtemp(join(tmpdir(), 'mortise-schema-'));
teardown.defer(() => rm(dataDir, { recursive: true }));
const embedded = await startEmbedded({ dataDir, log: pino({ level: 'warn' }), durable: false });
teardown.defer(() => embedded.stop());
await setUp(embedded.connection, here('../migrations'));
const owner = await connectOwner(embedded.connection);
await writeFile(here('../schema.sql'), await schemaText(owner));
await owner.end();
