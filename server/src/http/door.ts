/**
 * Door 1: what happens to a request of the API. Fastify routes it and receives its body in between:
 * who asks → (the body arrives) → what do they ask → may they, do it → answer.
 */
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Logger } from 'pino';
import { authorize, refuseHopeless } from '../access/authorize.ts';
import { bearerToken, type KnownActors, stillValid } from '../access/known-actors.ts';
import type { Actor, Ctx, StepCtx } from '../context.ts';
import type { Database, Db, Tx } from '../db/pool.ts';
import { Problem } from '../lib/errors.ts';
import type { Json } from '../lib/json.ts';
import { JsonFault } from '../lib/json-parse.ts';
import type { Kinds } from '../lib/kinds.ts';
import { must } from '../lib/must.ts';
import type { Admission } from './admission.ts';
import { parseBody } from './body.ts';
import { refuseOtherOrigin } from './cors.ts';
import type { Asked, Endpoint, Stepwise } from './endpoint.ts';
import { etagOf, matching } from './etag.ts';
import { readPathId } from './path-id.ts';
import { parseQueryString } from './query-string.ts';
import { type Answer, type Safety, safely, safelyInSteps, safetyOf } from './safety.ts';
import { etagOfPieces, sendPieces } from './send-pieces.ts';

/** Who comes, and when. Read once, before anything else of the request is looked at. */
export interface Visit {
  readonly actor: Actor;
  readonly now: Date;
  /** Whether the key was looked up for this request; if not, the statement that answers it has to. */
  readonly proven: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until the door has let the request in. */
    visit: Visit | null;
  }
  interface FastifyContextConfig {
    /** Whether publishable keys are let in. */
    publishable?: boolean;
  }
}

export interface DoorDeps {
  readonly database: Database;
  readonly admission: Admission;
  readonly kinds: Kinds;
  readonly masterKey: Buffer;
  readonly authenticate: (db: Db, token: string, now: Date) => Promise<Actor | null>;
  readonly known: KnownActors;
  readonly clock: () => Date;
}

/** The Fastify route of an endpoint. */
export const doorTo = (endpoint: Endpoint, deps: DoorDeps): RouteOptions => ({
  method: endpoint.method,
  url: endpoint.path.replace('{id}', ':id'),
  config: { publishable: 'publishable' in endpoint.permission },
  ...(endpoint.limits === undefined ? {} : { bodyLimit: endpoint.limits.bytes }),
  onRequest: (request, reply, done) => admit(endpoint, deps, request, reply, done),
  handler: async (request, reply) => {
    const answer = (await askAtOnce(endpoint, deps, request)) ?? (await answerInFull(endpoint, deps, request));
    return await send(endpoint, request, reply, answer);
  },
});

/** Reads of one statement by a key seen before: the statement itself checks the key. Null when it takes the whole way. */
async function askAtOnce(endpoint: Endpoint, deps: DoorDeps, request: FastifyRequest): Promise<Answer | null> {
  const ctx = contextOf(deps, request);
  if (endpoint.ask === null || must(request.visit, 'onRequest comes before the handler').proven) return null;
  try {
    const body = parseBody(request.body, request.headers);
    const asked = read(endpoint, deps, request, body instanceof Promise ? await body : body);
    const { db } = deps.database;
    await authorize(db, ctx.actor, endpoint.permission, { id: asked.id, body: asked.body, writes: false });
    return await endpoint.ask({ ...ctx, db }, asked, stillValid(ctx.actor, ctx.now));
  } catch (fault) {
    // Who may not ask is not told what is wrong with the question: the whole way looks at the key first, and finds the fault again.
    if (fault instanceof Problem || fault instanceof JsonFault) return null;
    throw fault;
  }
}

async function answerInFull(endpoint: Endpoint, deps: DoorDeps, request: FastifyRequest): Promise<Answer> {
  const { proven, now } = must(request.visit, 'onRequest comes before the handler');
  if (!proven) request.visit = await identify(deps, request, now);
  return perform(endpoint, deps, request, read(endpoint, deps, request, await takeBody(endpoint, request)));
}

const NOBODY: Actor = { userId: null, keyId: null, roles: new Map(), platformRoles: new Set(), publicOnly: true };

/** Lets in who comes, at once where that is known, since a promise takes its time too. */
function admit(endpoint: Endpoint, deps: DoorDeps, request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void): void {
  const enter = (visit: Visit): Promise<void> | null => {
    request.visit = visit;
    refuseOtherOrigin(visit.actor, request.headers.origin);
    if (endpoint.limits !== undefined) refuseHopeless(visit.actor, endpoint.permission);
    const limit = request.routeOptions.bodyLimit ?? 0;
    const memory = deps.admission.memory(endpoint, visit.actor, request.raw, limit);
    return memory === null ? null : memory.then((leave) => untilAnswered(reply, leave));
  };
  const visit = recall(endpoint, deps, request);
  const entered = visit === null ? identify(deps, request, deps.clock()).then(enter) : enter(visit);
  if (entered === null) done();
  else entered.then(() => done(), done);
}

/** Gives something back when the answer is out, or nobody is there any more to get it. */
function untilAnswered({ raw }: FastifyReply, giveBack: () => void): void {
  if (raw.destroyed || raw.writableEnded) giveBack();
  else raw.once('finish', giveBack).once('close', giveBack);
}

/** Who comes, where no look into the database is needed to tell. */
function recall(endpoint: Endpoint, deps: DoorDeps, request: FastifyRequest): Visit | null {
  if (endpoint.permission.need === 'nothing') return { actor: NOBODY, now: deps.clock(), proven: true };
  const known = endpoint.ask === null ? null : deps.known.recall(request.headers.authorization ?? '', request.socket);
  return known === null ? null : { actor: known, now: deps.clock(), proven: false };
}

async function identify(deps: DoorDeps, request: FastifyRequest, now: Date): Promise<Visit> {
  const token = bearerToken(request.headers.authorization ?? '');
  if (token === null) throw new Problem('unauthenticated', 'Send a key as `Authorization: Bearer <key>`.');
  const actor = await deps.authenticate(deps.database.db, token, now);
  if (actor === null) throw new Problem('unauthenticated', 'The key is unknown, expired or revoked. Use another one.');
  deps.known.remember(token, actor);
  return { actor, now, proven: true };
}

/** Parses the body, and lets go of its bytes. */
function takeBody({ limits }: Endpoint, request: FastifyRequest): Json | Promise<Json> {
  const { body } = request;
  request.body = undefined;
  return parseBody(body, request.headers, limits);
}

function read(endpoint: Endpoint, deps: DoorDeps, request: FastifyRequest, body: Json): Asked {
  return {
    id: readPathId(request.params, endpoint.names, deps.kinds),
    query: endpoint.readQuery(parseQueryString(request.url)),
    body: endpoint.readBody(body),
  };
}

/**
 * One transaction holds the permission and the write; a read takes single statements, or one snapshot for several. What holds a connection
 * waits for it in a queue.
 */
function perform(endpoint: Endpoint, deps: DoorDeps, request: FastifyRequest, asked: Asked): Promise<Answer> {
  const ctx = contextOf(deps, request);
  const claim = { id: asked.id, body: asked.body, writes: endpoint.writes };
  const allowed = (db: Db) => authorize(db, ctx.actor, endpoint.permission, claim);
  if (!endpoint.writes) {
    const answer = async (db: Db) => endpoint.run({ ...ctx, db }, asked, await allowed(db));
    if (!endpoint.snapshot) return answer(deps.database.db);
    return deps.admission.snapshot(ctx.actor, asked, () => deps.database.snapshot(answer));
  }
  const safety = safetyOf(endpoint, request, asked);
  if (endpoint.stepwise) return performInSteps(endpoint, deps, ctx, asked, safety);
  const change = async (tx: Tx) => {
    const target = await allowed(tx);
    return safely({ ...ctx, db: tx }, safety, target, (write) => endpoint.run(write, asked, target));
  };
  return deps.admission.write(endpoint, ctx.actor, asked, () => deps.database.transaction(change));
}

/** Each step is a transaction that waits for its turn, and asks for the permission again: it may have been taken back meanwhile. */
async function performInSteps(endpoint: Stepwise, deps: DoorDeps, ctx: Ctx, asked: Asked, safety: Safety): Promise<Answer> {
  const claim = { id: asked.id, body: asked.body, writes: true };
  const { db } = deps.database;
  const target = await authorize(db, ctx.actor, endpoint.permission, claim);
  const step: StepCtx['step'] = (work) =>
    deps.admission.write(endpoint, ctx.actor, asked, () =>
      deps.database.transaction(async (tx) => {
        await authorize(tx, ctx.actor, endpoint.permission, claim);
        return work({ ...ctx, db: tx });
      }),
    );
  const steps = { ...ctx, db, step };
  return safelyInSteps(steps, safety, () => endpoint.run(steps, asked, target));
}

function contextOf(deps: DoorDeps, request: FastifyRequest): Ctx {
  const { actor, now } = must(request.visit, 'onRequest comes before the handler');
  // Fastify types its logger more loosely than the pino logger that it was given.
  return { actor, now, requestId: request.id, log: request.log as Logger, kinds: deps.kinds, masterKey: deps.masterKey };
}

async function send(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  const { json, rest, id, file, replayed } = answer;
  request.source = answer.source ?? null;
  reply.type('application/json');
  if (replayed) reply.header('idempotency-replayed', 'true');
  if (file !== undefined) reply.header('content-disposition', `attachment; filename="${file}"`);
  if (endpoint.created !== null) {
    const location = endpoint.created.replace('{id}', must(id, `${endpoint.path} answers with the id of what it created`));
    return reply.code(201).header('location', location).send(json);
  }
  if (endpoint.single) {
    const etag = rest === undefined ? etagOf(json) : await etagOfPieces(answer);
    const known = matching(request.headers['if-none-match'], etag);
    reply.header('etag', known ?? etag);
    if (known !== null) return reply.code(304).send();
  }
  // What a change answers is the row as a GET would: the next change may name it.
  if (endpoint.method === 'PATCH') reply.header('etag', etagOf(json));
  return rest === undefined ? reply.send(json) : sendPieces(reply, answer);
}
