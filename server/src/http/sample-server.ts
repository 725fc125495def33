/** A server with a few routes of every form, for the tests of this room. */
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import sql from 'sql-template-tag';
import Type from 'typebox';
import { KnownActors } from '../access/known-actors.ts';
import type { Actor, Role } from '../context.ts';
import { Database } from '../db/pool.ts';
import { Problem } from '../lib/errors.ts';
import { Kinds } from '../lib/kinds.ts';
import { idOf, oneOf, shape, slug, text, timestamp } from '../lib/shape.ts';
import { cursorKeyOf } from '../listing/cursor.ts';
import { type AnyRoute, reply, route } from '../route.ts';
import { serviceRoutes } from './health.ts';
import { buildServer, LIMITS, type ServerDeps } from './server.ts';

/** Nothing listens there. */
export const nowhere = (): Database => new Database({ host: '/nonexistent', connectionTimeoutMillis: 500 });

export const NOW = new Date('2030-01-31T12:00:00.000Z');
export const SECRET_KEY = 'sec_sample';

export const actorWith = (roles: readonly (readonly [string, Role])[]): Actor => ({
  userId: 'usr_01arz3ndektsv4rrffq69g5fav',
  keyId: 'key_01arz3ndektsv4rrffq69g5fav',
  roles: new Map(roles),
  platformRoles: new Set(),
  publicOnly: false,
});

const Boat = shape({ name: text('Its name.', 20) }, { $id: 'Boat' });
export const BoatCreate = shape({
  name: text('Its name.', 20, 1),
  slug: Type.Optional(slug('Its slug.')),
  harbourId: Type.Optional(idOf('hrb', 'Its harbour.')),
  rig: Type.Optional(oneOf(['sloop', 'ketch'], 'Its rig.')),
  crew: Type.Optional(Type.Integer({ minimum: 1, maximum: 40 })),
  launched: Type.Optional(timestamp('When it was launched.')),
});
const BoatQuery = shape({
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  afloat: Type.Optional(Type.Boolean()),
  name: Type.Optional(text('Its name.', 20)),
});

const about = { tag: 'Boats', summary: 'Something with boats.', answer: Boat } as const;
export const sampleRoutes: readonly AnyRoute[] = [
  route({
    ...about,
    operationId: 'echoBoat',
    method: 'POST',
    path: '/api/boats/echo',
    permission: { need: 'key' },
    body: BoatCreate,
    read: async (_, { body }) => reply(body),
  }),
  route({
    ...about,
    operationId: 'findBoats',
    method: 'GET',
    path: '/api/boats',
    permission: { need: 'key' },
    query: BoatQuery,
    read: async (_, { query }) => reply(query),
  }),
  route({
    ...about,
    operationId: 'getAnyBoat',
    method: 'GET',
    path: '/api/boats/{id}',
    permission: { need: 'key', publishable: true },
    read: async () => reply({ name: 'Ariel' }),
  }),
  route({
    ...about,
    operationId: 'launchBoat',
    method: 'POST',
    path: '/api/boats',
    permission: { need: 'key' },
    body: BoatCreate,
    created: '/api/boats/{id}',
    write: async (_, { body }) => reply(body, 'bot_1'),
  }),
  route({
    ...about,
    operationId: 'sinkBoat',
    method: 'POST',
    path: '/api/boats/sink',
    permission: { need: 'nothing' },
    read: () => Promise.reject(new Error('hull secret')),
  }),
  route({
    ...about,
    operationId: 'mutiny',
    method: 'POST',
    path: '/api/boats/mutiny',
    permission: { need: 'nothing' },
    read: () => Promise.reject(new Problem('already_installed', 'Twice.', { facts: { installId: 'x' } })),
  }),
  route({
    ...about,
    operationId: 'anchor',
    method: 'GET',
    path: '/api/anchor',
    permission: { need: 'nothing' },
    read: async (ctx) => reply({ name: ctx.now.toISOString() + ctx.requestId }),
  }),
  route({
    ...about,
    operationId: 'sound',
    method: 'GET',
    path: '/api/depth',
    permission: { need: 'nothing' },
    read: async ({ db }) => reply(await db.one(sql`select 1 as depth`)),
  }),
];

/** Written lines are parsed back into `lines`. */
export interface Sample {
  readonly app: FastifyInstance;
  readonly lines: Record<string, unknown>[];
}

export function sampleServer(more: Partial<ServerDeps> = {}): Sample {
  const lines: Record<string, unknown>[] = [];
  const database = more.database ?? nowhere();
  const app = buildServer({
    routes: [...sampleRoutes, ...serviceRoutes(async () => void (await database.db.one(sql`select 1`)))],
    database,
    log: pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) }),
    kinds: new Kinds(),
    masterKey: Buffer.alloc(32),
    cursorKey: cursorKeyOf(Buffer.alloc(32)),
    known: new KnownActors(),
    openapi: '{}',
    limits: LIMITS,
    origins: new Set(),
    clock: () => NOW,
    authenticate: async (_db, token) => (token === SECRET_KEY ? actorWith([]) : null),
    ...more,
  });
  return { app, lines };
}

/** Sends bytes to a listening server as they are, and returns all that it answers until the connection ends. */
export function exchange(url: string, chunks: Iterable<string> | AsyncIterable<string>): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text) => {
    answer += text;
  });
  void write(socket, chunks);
  return new Promise((resolve) => socket.on('error', () => {}).on('close', () => resolve(answer)));
}

async function write(socket: Socket, chunks: Iterable<string> | AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) {
    if (!socket.writable) return;
    socket.write(chunk);
  }
}
