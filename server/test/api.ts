import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { expect } from 'vitest';
import { buildApp } from '../src/app.ts';
import { ensureBootstrap } from '../src/domain/api-key/bootstrap.ts';
import { ensureSigningKey } from '../src/domain/bundle/signing-key.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { Kinds } from '../src/lib/kinds.ts';
import { must } from '../src/lib/must.ts';
import { endsInStep } from '../src/lib/next-steps.ts';
import { newSecret } from '../src/lib/secret.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { undocumented } from './documented.ts';

/** An answer: status, headers, and the body as JSON (null when there is none). */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD' | 'PUT';

/** Requests as one actor. Bodies are objects; `expect` fails the test when the status is another one. */
export interface Caller {
  call(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, status?: number): Promise<Answer['body']>;
  post(path: string, body?: unknown, status?: number): Promise<Answer['body']>;
  patch(path: string, body: unknown, status?: number): Promise<Answer['body']>;
  delete(path: string, status?: number): Promise<Answer['body']>;
}

/** A workspace with a key of each role. */
export interface TestWorkspace {
  readonly id: string;
  readonly handle: string;
  readonly admin: Caller;
  readonly editor: Caller;
  readonly viewer: Caller;
}

/** The whole application on a database of its own, asked over HTTP. */
export class TestApi {
  readonly test: TestDatabase;
  readonly app: FastifyInstance;
  readonly platform: Caller;
  readonly #clock: { now: Date | null };
  #handles = 0;

  private constructor(test: TestDatabase, app: FastifyInstance, key: string, clock: { now: Date | null }) {
    this.test = test;
    this.app = app;
    this.platform = this.as(key);
    this.#clock = clock;
  }

  static async start(kinds = new Kinds(), at = testDatabase()): Promise<TestApi> {
    const test = await at;
    const clock: { now: Date | null } = { now: null };
    const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
    const masterKey = Buffer.alloc(32, 7);
    const app = buildApp({ database: test.database, masterKey, kinds, log, clock: () => clock.now ?? new Date() });
    const key = newSecret('sec');
    await ensureBootstrap(test.database, key, new Date());
    await ensureSigningKey(test.database, masterKey, new Date());
    return new TestApi(test, app, key, clock);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.test.drop();
  }

  /** Sets the clock of the door; null: the machine's. */
  setClock(now: Date | null): void {
    this.#clock.now = now;
  }

  as(key: string | null): Caller {
    const call: Caller['call'] = async (method, path, body, headers = {}) => {
      const response = await this.app.inject({
        method,
        url: path,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const json = response.body === '' || !String(response.headers['content-type']).includes('json') ? null : JSON.parse(response.body);
      expect(undocumented(method, path, response.statusCode, json?.code)).toBeNull();
      if (response.statusCode >= 400 && json !== null) expect(endsInStep(json.detail), json.detail).toBe(true);
      return { status: response.statusCode, headers: response.headers, body: json };
    };
    const expecting = (method: Method, fallback: number) => async (path: string, body?: unknown, status?: number) => {
      const answer = await call(method, path, body);
      const shown = `${method} ${path} → ${JSON.stringify(answer.body)?.slice(0, 2000)}`;
      if (status !== undefined) expect(answer.status, shown).toBe(status);
      else expect([fallback, 201], shown).toContain(answer.status);
      return answer.body;
    };
    return {
      call,
      get: (path, status) => expecting('GET', 200)(path, undefined, status),
      post: expecting('POST', 200),
      patch: expecting('PATCH', 200),
      delete: (path, status) => expecting('DELETE', 200)(path, undefined, status),
    };
  }

  async key(workspaceId: string, role: string, kind = 'secret'): Promise<Caller> {
    const made = await this.platform.post('/api/api-keys', { workspaceId, name: role, kind, ...(kind === 'secret' ? { role } : {}) }, 201);
    return this.as(made.secret);
  }

  async workspace(handle = `team-${++this.#handles}`): Promise<TestWorkspace> {
    const { id } = await this.platform.post('/api/workspaces', { name: handle, handle }, 201);
    return {
      id,
      handle,
      admin: await this.key(id, 'admin'),
      editor: await this.key(id, 'editor'),
      viewer: await this.key(id, 'viewer'),
    };
  }
}

/** What a test says of a member: its kind and definition, and how it is declared. */
export interface MemberSpec {
  readonly kind?: string;
  readonly definition?: JsonObject;
  readonly [flag: string]: unknown;
}

/** A publisher's integration as a test changes it from version to version. */
export class TestIntegration {
  readonly workspace: TestWorkspace;
  readonly id: string;
  /** Member slug → entity id. */
  readonly entities = new Map<string, string>();

  private constructor(workspace: TestWorkspace, id: string) {
    this.workspace = workspace;
    this.id = id;
  }

  static async create(workspace: TestWorkspace, slug: string, more: object = {}): Promise<TestIntegration> {
    const body = { workspaceId: workspace.id, slug, name: slug, ...more };
    const { id } = await workspace.editor.post('/api/integrations', body, 201);
    return new TestIntegration(workspace, id);
  }

  /** The entity behind a slug, made when it is new, changed when its definition is given. */
  async entity(slug: string, { kind = 'function', definition }: MemberSpec = {}): Promise<string> {
    const { editor, id: workspaceId } = this.workspace;
    const known = this.entities.get(slug);
    if (known !== undefined) {
      if (definition !== undefined) await editor.patch(`/api/entities/${known}`, { definition }, 200);
      return known;
    }
    const body = { workspaceId, kind, slug: `${slug}-${this.id.slice(-6)}`, name: slug, definition: definition ?? { of: slug } };
    const { id } = await editor.post('/api/entities', body, 201);
    this.entities.set(slug, id);
    return id;
  }

  /** Declares these members (slug → spec), makes or changes their entities, and publishes; the version's row. */
  async publish(version: string, members: Record<string, MemberSpec>, more: Record<string, unknown> = {}) {
    await this.draft(members, more);
    return this.workspace.editor.post(`/api/integrations/${this.id}/publish`, { version }, 201);
  }

  async draft(
    members: Record<string, MemberSpec>,
    { manifest = {}, ...more }: { manifest?: object; [field: string]: unknown } = {},
  ): Promise<void> {
    const declared = [];
    for (const [slug, spec] of Object.entries(members)) {
      const { kind = 'function', definition, ...flags } = spec;
      declared.push({ slug, entityId: await this.entity(slug, { kind, ...(definition && { definition }) }), kind, ...flags });
    }
    await this.workspace.editor.patch(`/api/integrations/${this.id}`, { manifest: { members: declared, ...manifest }, ...more }, 200);
  }

  source(slug: string): string {
    return must(this.entities.get(slug), `the entity of ${slug} was made`);
  }
}
