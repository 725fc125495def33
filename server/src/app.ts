import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { authenticate } from './access/authenticate.ts';
import { KnownActors } from './access/known-actors.ts';
import type { Database } from './db/pool.ts';
import { readiness } from './db/readiness.ts';
import { allRoutes } from './domain/routes.ts';
import type { Origins } from './http/cors.ts';
import { serviceRoutes } from './http/health.ts';
import { openapiDocument } from './http/openapi.ts';
import { buildServer, LIMITS } from './http/server.ts';
import type { Kinds } from './lib/kinds.ts';
import { cursorKeyOf } from './listing/cursor.ts';
import type { AnyRoute } from './route.ts';

/** What the application stands on. */
export interface AppDeps {
  readonly database: Database;
  readonly masterKey: Buffer;
  readonly kinds: Kinds;
  readonly log: Logger;
  readonly clock: () => Date;
  /** Origins of pages that may use secret keys; absent: none. */
  readonly origins?: Origins;
}

const VERSION = '0.1.0';
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** Tags of the API reference, in its order. */
const TAGS = {
  Integrations: 'What publishers author, publish and share.',
  'Integration versions': 'Published, immutable: yanked, deprecated, revoked, never changed.',
  Sharing: 'Who sees an integration.',
  Reviews: 'What reviewers let the public have.',
  Bundles: 'A version as one file, to move to another server.',
  Installs: 'A version in a workspace.',
  Members: 'The parts of an install.',
  Solutions: 'What installs brought, grouped.',
  Entities: 'What workspaces are made of.',
  'Auth states': 'Credentials of a workspace for an external service.',
  Workspaces: 'Tenants and who belongs to them.',
  Users: 'People.',
  'API keys': 'Bearer tokens, and who a request acts as.',
  Events: 'The audit trail.',
  Service: 'For whoever runs the server.',
} as const;

/** All routes of the API; `ready` resolves when the database can serve them. */
const routesOf = (ready: () => Promise<void>): readonly AnyRoute[] => [...allRoutes, ...serviceRoutes(ready)];

/** The OpenAPI document of the API. Needs no database. */
export const apiDocument = () =>
  openapiDocument(
    routesOf(async () => {}),
    { version: VERSION, tags: TAGS },
  );

/** The HTTP server with the whole API, not listening yet. */
export function buildApp({ database, masterKey, kinds, log, clock, origins = new Set() }: AppDeps): FastifyInstance {
  return buildServer({
    routes: routesOf(readiness(database.probe, MIGRATIONS)),
    database,
    masterKey,
    kinds,
    log,
    clock,
    authenticate,
    known: new KnownActors(),
    cursorKey: cursorKeyOf(masterKey),
    openapi: JSON.stringify(apiDocument()),
    limits: LIMITS,
    origins,
  });
}
