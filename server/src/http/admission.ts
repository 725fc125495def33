/** Who may have a connection, or memory for a large body, and who waits for it without holding anything. */

import type { IncomingMessage } from 'node:http';
import { isPlatformAdmin } from '../access/authorize.ts';
import type { Actor } from '../context.ts';
import { CONNECTIONS, type Database } from '../db/pool.ts';
import { Problem } from '../lib/errors.ts';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { type Entry, Turned, Turnstile } from '../lib/turnstile.ts';
import type { Asked, Endpoint } from './endpoint.ts';
import { lockRootOf } from './lock-roots.ts';
import { declaredLength, tooLarge } from './receive.ts';
import { RETRY_AFTER } from './unavailable.ts';

/** How long somebody waits for a connection at most: as long as for a lock of the database. */
const WAIT_MS = 10_000;
/** Of one lane, and in all. A request that waits is a few hundred bytes, and its body. */
const QUEUES = { laneWaiting: 200, waiting: 1_000, waitMs: WAIT_MS };

/**
 * A third of the connections for one lane. What changes installs has two thirds at most: it takes a thousand times as long as a yank, which
 * always finds a connection.
 */
const THIRD = Math.ceil(CONNECTIONS.writes / 3);
const WRITES = { total: CONNECTIONS.writes, lane: THIRD, long: CONNECTIONS.writes - THIRD, ...QUEUES };
/** Reads of several statements hold a connection for as long as they take; the others of the pool are for single statements. */
const SNAPSHOTS = { total: CONNECTIONS.reads / 2, lane: Math.ceil(CONNECTIONS.reads / 4), ...QUEUES };

/**
 * Bytes that large bodies take of the memory at a time, of one lane and in all: from before they are received until they are answered. One
 * that is read as a tree takes some times its length.
 */
const BODIES = { total: 96 * 1024 * 1024, lane: 64 * 1024 * 1024, laneWaiting: 8, waiting: 64, waitMs: 5_000 };
/** Below this, a body is nothing to speak of. */
const SMALL = 64 * 1024;
const TREE = 4;

export class Admission {
  readonly #database: Database;
  readonly #writes = new Turnstile(WRITES);
  readonly #snapshots = new Turnstile(SNAPSHOTS);
  readonly #bodies = new Turnstile(BODIES);

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs a write once it may have a connection: writes to one row, or to rows that lock the same one first, come one by one. */
  async write<T>(endpoint: Endpoint, actor: Actor, asked: Asked, work: () => Promise<T>): Promise<T> {
    const target = await this.#targetOf(endpoint, asked);
    return admitted(this.#writes, { lane: laneOf(actor, asked.body), target, weight: 1, long: isLong(endpoint) }, work);
  }

  /** Runs a read that holds a connection once it may have one. */
  snapshot<T>(actor: Actor, asked: Asked, work: () => Promise<T>): Promise<T> {
    return admitted(this.#snapshots, { lane: laneOf(actor, asked.body), target: null, weight: 1 }, work);
  }

  /**
   * Resolves when there is memory for the request's body, or for its answer where that is large, with what gives it back; null where it
   * takes none to speak of. A body that is too large anyway is refused unread.
   */
  memory(endpoint: Endpoint, actor: Actor, request: IncomingMessage, limit: number): Promise<() => void> | null {
    const declared = endpoint.method === 'GET' ? 0 : declaredLength(request);
    if (declared !== null && declared > limit) throw tooLarge();
    const body = declared ?? limit;
    const weight = (endpoint.weighs ?? 0) + (body <= SMALL ? 0 : body * (endpoint.limits === undefined ? TREE : 1));
    return weight === 0 ? null : enter(this.#bodies, { lane: laneOf(actor, null), target: null, weight });
  }

  /** What the write locks. An install of an integration only relies on it: installs into one workspace come one by one, others do not wait. */
  async #targetOf({ permission, names }: Endpoint, { id, body }: Asked): Promise<string | null> {
    if (id === null || names === null) return null;
    if (permission.need === 'target' && permission.into !== undefined) return `${id} ${workspaceIn(body) ?? ''}`;
    return lockRootOf(this.#database.db, names, id);
  }
}

async function admitted<T>(turnstile: Turnstile, entry: Entry, work: () => Promise<T>): Promise<T> {
  const leave = await enter(turnstile, entry);
  return work().finally(leave);
}

const enter = (turnstile: Turnstile, entry: Entry): Promise<() => void> =>
  turnstile.enter(entry).catch((cause: unknown) => {
    throw cause instanceof Turned ? tooBusy(cause) : cause;
  });

/** What makes or changes whole installs, or brings large bodies. */
const isLong = ({ permission, names, limits, ...endpoint }: Endpoint): boolean =>
  ('stepwise' in endpoint && endpoint.stepwise) ||
  limits !== undefined ||
  names?.table === 'integration_installs' ||
  (permission.need === 'target' && permission.into !== undefined);

/** Whoever fills a queue is told so; who waits for others is told that the server is busy. */
const tooBusy = ({ because }: Turned): Problem =>
  because === 'lane'
    ? new Problem(
        'too_many_requests',
        `Too much is under way for your workspace or this row. Send less at a time; try again in ${RETRY_AFTER} s.`,
      )
    : new Problem('unavailable', `The server has more to do than it can take on. Try again in ${RETRY_AFTER} s.`);

function workspaceIn(body: unknown): string | null {
  const { workspaceId } = isObject(body as Json) ? (body as JsonObject) : {};
  return typeof workspaceId === 'string' ? workspaceId : null;
}

/** Whose queue a request waits in: that of the workspace that it is about, else of the only one of its key, else of who asks. */
export function laneOf(actor: Actor, body: unknown): string {
  const named = workspaceIn(body);
  if (named !== null && (actor.roles.has(named) || isPlatformAdmin(actor))) return named;
  const [first, ...others] = actor.roles.keys();
  return first !== undefined && others.length === 0 ? first : (actor.userId ?? actor.keyId ?? 'nobody');
}
