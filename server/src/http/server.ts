import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Readable } from 'node:stream';
import {
  type FastifyBaseLogger,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { Problem } from '../lib/errors.ts';
import { pruneChanges } from '../listing/changes.ts';
import type { CursorKey } from '../listing/cursor.ts';
import { Ledgers } from '../listing/ledgers.ts';
import type { AnyRoute } from '../route.ts';
import { Admission } from './admission.ts';
import { answerProblem, everyAnswer, logAnswer, pathOf } from './answers.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { compressAnswers } from './compress.ts';
import { type Origins, shareAcrossOrigins } from './cors.ts';
import { serveDocs } from './docs.ts';
import { type DoorDeps, doorTo } from './door.ts';
import { endpointsOf } from './endpoints.ts';
import { KnownPaths } from './known-paths.ts';
import type { Shelf } from './list-endpoint.ts';
import { declaredLength, receive, tooLarge } from './receive.ts';

/** What a client may take of the server. Bytes and milliseconds. */
export interface Limits {
  readonly body: number;
  readonly url: number;
  /** URL and headers together. */
  readonly head: number;
  /** Until the headers, and until the whole request have arrived. */
  readonly headMs: number;
  readonly requestMs: number;
  /** How long a connection may say nothing while a request is under way, and between two of them. */
  readonly silenceMs: number;
  readonly idleMs: number;
}

export const LIMITS: Limits = {
  body: 2.5 * 1024 * 1024,
  url: 16 * 1024,
  head: 32 * 1024,
  headMs: 10_000,
  requestMs: 30_000,
  silenceMs: 60_000,
  idleMs: 72_000,
};

export interface ServerDeps extends Omit<DoorDeps, 'admission'> {
  readonly routes: readonly AnyRoute[];
  readonly log: Logger;
  /** Seals the cursors of lists. */
  readonly cursorKey: CursorKey;
  /** The text of `/openapi.json`. */
  readonly openapi: string;
  readonly limits: Limits;
  /** Origins of pages that may use secret keys. */
  readonly origins: Origins;
}

/** The HTTP server of the API, not listening yet. */
export function buildServer(deps: ServerDeps): FastifyInstance {
  const app = fastify(transport(deps));
  const known = new KnownPaths();
  app.addHook('onRoute', ({ method, url, config }) => known.add(method, url, config?.publishable));
  app.decorateRequest('visit', null);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(everyAnswer(request));
    done();
  });
  shareAcrossOrigins(app, deps.origins, known);
  app.addHook('onRequest', (request, _reply, done) => {
    refuseUnroutable(request, known, deps.limits);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    logAnswer(deps.log, request, reply);
    done();
  });
  app.setErrorHandler((cause, request, reply) => answerProblem(cause, request, reply));
  acceptJsonOnly(app, deps.limits);
  sayGoodbye(app);
  compressAnswers(app);
  const shelf = shelfOf(app, deps);
  const doors = { ...deps, admission: new Admission(deps.database) };
  for (const route of deps.routes) for (const endpoint of endpointsOf(route, shelf)) app.route(doorTo(endpoint, doors));
  serveDocs(app, deps.openapi);
  return app;
}

/** What lists share. Their states of the database are let go when the server closes. */
function shelfOf(app: FastifyInstance, { cursorKey, database, log }: ServerDeps): Shelf {
  const ledgers = new Ledgers(
    () => database.epoch,
    () => database.hold(),
  );
  app.addHook('onReady', async () => {
    const stop = pruneChanges(database.db, (err) => log.warn({ err }, 'old changes were not pruned'));
    app.addHook('onClose', stop);
  });
  app.addHook('onClose', async () => ledgers.close());
  return { cursorKey, ledgers };
}

/** Fastify as this server wants it: every wait and size bounded, nobody's headers trusted, no logging but our own. */
function transport(deps: ServerDeps): FastifyHttpOptions<Server> {
  const { limits, log } = deps;
  return {
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own for each request costs a twentieth of it; whoever logs says which request it was.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    bodyLimit: limits.body,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.silenceMs,
    keepAliveTimeout: limits.idleMs,
    http: {
      maxHeaderSize: limits.head,
      headersTimeout: limits.headMs,
      connectionsCheckingInterval: Math.ceil(limits.headMs / 4),
      requireHostHeader: false, // refused by us, as a problem
    },
    // What still arrives on open connections while closing is answered, then told to close: nothing in flight is lost.
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.head, querystringParser: () => ({}) }, // the door reads queries itself, strictly
    clientErrorHandler: answerBrokenRequest(log),
    // Paths that the router cannot decode never come to the hooks.
    frameworkErrors: (cause, request, reply) => {
      reply.headers(everyAnswer(request));
      answerProblem(cause, request, reply);
      logAnswer(log, request, reply);
    },
  };
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Refuses what is wrong whoever asks: before any key is looked at, and without reading the body. */
function refuseUnroutable(request: FastifyRequest, known: KnownPaths, limits: Limits): void {
  if (request.url.length > limits.url)
    throw new Problem('uri_too_long', `The URL has ${request.url.length} bytes; ${limits.url} are allowed.`);
  if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
    throw new Problem('invalid_request', 'Send a Host header.', { faults: [{ pointer: 'header:host', message: 'is required' }] });
  }
  if (!request.is404) return;
  const allow = known.methodsAt(pathOf(request));
  if (allow.length === 0) throw new Problem('no_such_route', `Nothing answers at ${pathOf(request)}.`);
  throw new Problem('method_not_allowed', `${request.method} is not a method of ${pathOf(request)}; it has ${allow.join(', ')}.`, {
    facts: { allow },
  });
}

/** Bodies are JSON, and pass as bytes to the door's strict parser. */
function acceptJsonOnly(app: FastifyInstance, limits: Limits): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async ({ routeOptions, raw }: FastifyRequest, body: Readable) => {
    const limit = routeOptions.bodyLimit ?? limits.body;
    const declared = declaredLength(raw);
    if (declared !== null && declared > limit) throw tooLarge();
    return receive(body, declared, limit);
  });
  // An expectation that nobody knows may be ignored (RFC 9110 §10.1.1); Node would answer without a problem.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
}

/** While closing, every answer ends its connection: one kept alive would hold the server up until it falls idle. */
function sayGoodbye(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
  });
}
