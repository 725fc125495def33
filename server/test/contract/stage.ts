import type { JsonObject } from '../../src/lib/json.ts';
import { must } from '../../src/lib/must.ts';
import { type Answer, type Caller, TestApi, TestIntegration, type TestWorkspace } from '../api.ts';
import type { ApiOperation } from './document.ts';
import { furnish, type Home } from './home.ts';

/** The workspaces and callers of the contract test. */
export interface Stage {
  readonly api: TestApi;
  /** Publishes and installs. */
  readonly home: Home;
  /** Like home, but suspended. */
  readonly closed: Home;
  /** May see what home shares with it. */
  readonly guest: TestWorkspace;
  /** Sees nothing of home. */
  readonly stranger: TestWorkspace;
  readonly nobody: Caller;
  /** A publishable key of home. */
  readonly browser: Caller;
}

/** An Idempotency-Key that home's admin has used, for another request. */
export const USED_KEY = 'used-before';

export async function setStage(): Promise<Stage> {
  const api = await TestApi.start();
  const guest = await api.workspace('guest');
  const home = await furnish(api, await api.workspace('home'), guest);
  const closed = await furnish(api, await api.workspace('closed'), guest);
  await home.admin.call('POST', `/api/integration-members/${home.clone}/detach`, { detached: false }, { 'idempotency-key': USED_KEY });
  await api.platform.post(`/api/workspaces/${closed.id}/suspend`, undefined, 200);
  const stranger = await api.workspace('stranger');
  return { api, home, closed, guest, stranger, nobody: api.as(null), browser: await api.key(home.id, 'browser', 'publishable') };
}

/** The operation's own example as a body that `workspace` could send; undefined where it takes none. */
export function bodyFor({ body }: ApiOperation, workspace: TestWorkspace): JsonObject | undefined {
  if (body === null) return undefined;
  const example = must(body.example, 'every body has an example') as JsonObject;
  return 'workspaceId' in example ? { ...example, workspaceId: workspace.id } : example;
}

/** What to change about an otherwise good request. */
export interface Twist {
  readonly id?: string;
  readonly query?: string;
  readonly body?: JsonObject | string | undefined;
  readonly headers?: Record<string, string>;
}

/** Asks for the operation on home's own row, with a body that fits its schema. */
export function ask(operation: ApiOperation, home: Home, caller: Caller, twist: Twist = {}): Promise<Answer> {
  const { method, path, names } = operation;
  const id = twist.id ?? (names === null ? '' : must(home.rows[names], `home has a row ${names}_`));
  return caller.call(method, `${path.replace('{id}', id)}${twist.query ?? ''}`, twist.body ?? bodyFor(operation, home), twist.headers);
}

/** One more integration of home; with members, it is published as 1.0.0. */
export async function made(stage: Stage, slug: string, members?: Parameters<TestIntegration['publish']>[1]): Promise<TestIntegration> {
  const integration = await TestIntegration.create(stage.home, slug);
  if (members !== undefined) await integration.publish('1.0.0', members);
  return integration;
}

export async function deleted(stage: Stage, slug: string): Promise<TestIntegration> {
  const integration = await made(stage, slug);
  await stage.home.editor.delete(`/api/integrations/${integration.id}`, 200);
  return integration;
}

/** Home installs one of its own; the id of the install. */
export async function installed({ home }: Stage, integration: TestIntegration): Promise<string> {
  return (await home.editor.post(`/api/integrations/${integration.id}/install`, { workspaceId: home.id }, 201)).id;
}

/** Member slug → its id. */
export async function membersOf({ home }: Stage, installId: string): Promise<Readonly<Record<string, string>>> {
  const { members } = await home.viewer.get(`/api/integration-installs/${installId}/members`);
  return Object.fromEntries(members.map((member: { sourceMemberSlug: string; id: string }) => [member.sourceMemberSlug, member.id]));
}
