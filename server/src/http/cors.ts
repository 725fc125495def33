/**
 * Which pages of other origins a browser lets read the answers. Keys come in a header that no page sends by itself, so an origin is no proof
 * of anything: this decides who may build on the API in browsers, not who may do what.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../context.ts';
import { Problem } from '../lib/errors.ts';
import { pathOf } from './answers.ts';
import { vary } from './compress.ts';
import type { KnownPaths } from './known-paths.ts';

/** Origins as browsers send them, or all of them. */
export type Origins = ReadonlySet<string> | 'any';

/** What pages may send, and read, beyond what every page may. */
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id';
const ANSWER_HEADERS = 'allow, content-disposition, etag, idempotency-replayed, location, retry-after, www-authenticate, x-request-id';
/** How long a browser remembers the answer to a preflight. Seconds; no browser does so for longer than two hours. */
const REMEMBERED = '7200';

/** Publishable keys are made for browsers: they read what is public anyway, from any page. */
const PUBLISHABLE = /^Bearer +pub_/i;

/** Answers preflights, and says of every other answer who may read it. */
export function shareAcrossOrigins(app: FastifyInstance, origins: Origins, known: KnownPaths): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin, authorization } = request.headers;
    if (origin !== undefined && isPreflight(request)) return void answerPreflight(request, reply, origin);
    share(reply, origins, origin, PUBLISHABLE.test(authorization ?? ''));
    done();
  });

  function answerPreflight(request: FastifyRequest, reply: FastifyReply, origin: string): FastifyReply {
    const path = pathOf(request);
    const method = String(request.headers['access-control-request-method']);
    share(reply, origins, origin, known.takesPublishable(method, path));
    if (!reply.hasHeader(ALLOWED)) throw refusal(origin);
    const methods = known.methodsAt(path).join(', ');
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': methods,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': REMEMBERED,
      })
      .send();
  }
}

const ALLOWED = 'access-control-allow-origin';

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

function share(reply: FastifyReply, origins: Origins, origin: string | undefined, publishable: boolean): void {
  const open = publishable || origins === 'any';
  if (!open && origins.size > 0) vary(reply, 'origin');
  if (!open && (origin === undefined || !origins.has(origin))) return;
  reply.header(ALLOWED, open ? '*' : origin).header('access-control-expose-headers', ANSWER_HEADERS);
}

/** A publishable key may be limited to some pages. Who sends no origin is no page. */
export function refuseOtherOrigin({ origins }: Actor, origin: string | undefined): void {
  if (origins === undefined || origin === undefined || origins.includes(origin)) return;
  throw new Problem('origin_not_allowed', `The key is not for pages of ${origin}. Use one that is, or mint one whose \`origins\` name it.`);
}

const refusal = (origin: string): Problem =>
  new Problem(
    'origin_not_allowed',
    `Pages of ${origin} may not ask this with a secret key. Use a publishable key, or have MORTISE_CORS_ORIGINS name the origin.`,
  );
