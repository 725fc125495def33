import { Mortise } from '@mortise/sdk';
import type { ChangeReport, Strategy, UpgradePlan } from '@mortise/sdk/changes';
import type {
  ApiKeyWithSecret,
  AuthState,
  Entity,
  EntityVersion,
  InstallMember,
  IntegrationInstall,
  IntegrationVersion,
  Json,
  JsonObject,
  MemberPolicy,
  Workspace,
} from '@mortise/sdk/resources';
import { type Edit, withEdit } from './edit.ts';
import { Ledger } from './ledger.ts';

/** How many entities one request reads. */
const READ_AT_ONCE = 100;

/** Nothing is ever called with them. */
const CREDENTIALS = { api_key: { apiKey: 'example' }, oauth2: { accessToken: 'example' } };

/** Where everything is installed. */
export interface Subscriber {
  readonly client: Mortise;
  readonly workspaceId: string;
  /** By the type of credentials. */
  readonly authStates: ReadonlyMap<string, AuthState>;
  readonly policy: MemberPolicy;
}

/** A fresh workspace with credentials of each type, and a key that may do no more there than install and edit. */
export async function subscribe(platform: Mortise, policy: MemberPolicy): Promise<Subscriber> {
  const workspace = { name: 'Subscriber', handle: 'subscriber' };
  const { id: workspaceId } = await platform.request<Workspace>('POST', '/api/workspaces', { body: workspace });
  const key = { workspaceId, name: 'catalogue bench', role: 'editor', kind: 'secret' };
  const { secret } = await platform.request<ApiKeyWithSecret>('POST', '/api/api-keys', { body: key });
  const authStates = new Map<string, AuthState>();
  for (const [type, credentials] of Object.entries(CREDENTIALS)) {
    const body = { workspaceId, name: type, type, secret: credentials };
    authStates.set(type, await platform.request<AuthState>('POST', '/api/auth-states', { body }));
  }
  return { client: new Mortise({ url: platform.url, key: secret }), workspaceId, authStates, policy };
}

/** An install as it stands. */
export interface View {
  readonly install: IntegrationInstall;
  readonly members: readonly InstallMember[];
  /** Clones by id, those that left the install after an edit included. */
  readonly definitions: ReadonlyMap<string, JsonObject>;
}

/** A clone as it stands. */
export interface Clone {
  readonly entityId: string;
  readonly definition: JsonObject;
}

/** One install through its life: installed once, edited and upgraded many times. */
export class Subscription {
  readonly #subscriber: Subscriber;
  readonly #path: `/api/integration-installs/${string}`;
  readonly ledgers = new Map<string, Ledger>();
  /** Clones with open conflicts → where their merges start from; null where that cannot be said. */
  readonly bases = new Map<string, Json | null>();
  /** What the workspace's own clones are, by clone. */
  readonly edits = new Map<string, JsonObject>();
  /** The variables that the install must have. */
  variables: JsonObject;

  private constructor(subscriber: Subscriber, installId: string, variables: JsonObject) {
    this.#subscriber = subscriber;
    this.#path = `/api/integration-installs/${installId}`;
    this.variables = variables;
  }

  static async install(subscriber: Subscriber, version: IntegrationVersion): Promise<Subscription> {
    const { client, workspaceId, authStates, policy } = subscriber;
    const { authConfigSnapshot, variablesSchemaSnapshot } = version;
    const authState = authStates.get(String(authConfigSnapshot.type));
    const variables = valuesFor(variablesSchemaSnapshot);
    const body = {
      workspaceId,
      integrationVersionId: version.id,
      memberPolicy: policy,
      variables,
      ...(authState && { authStateId: authState.id }),
    };
    const { id } = await client.request<IntegrationInstall>('POST', `/api/integrations/${version.integrationId}/install`, { body });
    return new Subscription(subscriber, id, { ...defaultsOf(variablesSchemaSnapshot), ...variables });
  }

  /** Makes an edit of a clone, and writes it down. `version`: what the clone is where nobody edits it. */
  async edit({ entityId, definition }: Clone, edit: Edit, version: JsonObject): Promise<void> {
    const changed = withEdit(definition, edit);
    await this.#subscriber.client.request<Entity>('PATCH', `/api/entities/${entityId}`, { body: { definition: changed } });
    const ledger = this.ledgers.get(entityId) ?? new Ledger();
    ledger.record(edit, definition, changed);
    ledger.settle(version);
    this.ledgers.set(entityId, ledger);
    this.edits.set(entityId, changed);
  }

  /** What an upgrade with this strategy would do. */
  async plan(strategy: Strategy): Promise<UpgradePlan> {
    return this.#subscriber.client.request<UpgradePlan>('POST', `${this.#path}/upgrade-plan`, { body: { strategy } });
  }

  /** Does what a plan told, or nothing. */
  async upgrade({ strategy, planDigest }: UpgradePlan): Promise<ChangeReport> {
    const body = { strategy, planDigest, detail: true };
    return this.#subscriber.client.request<ChangeReport>('POST', `${this.#path}/upgrade`, { body });
  }

  /** Upgrades without a plan. */
  async upgradeAgain(strategy: Strategy): Promise<ChangeReport> {
    return this.#subscriber.client.request<ChangeReport>('POST', `${this.#path}/upgrade`, { body: { strategy, detail: true } });
  }

  async rollBack(revision: number): Promise<ChangeReport> {
    return this.#subscriber.client.request<ChangeReport>('POST', `${this.#path}/rollback`, { body: { revision } });
  }

  /** Everything that a clone ever was. */
  async historyOf(entityId: string): Promise<readonly JsonObject[]> {
    const versions = this.#subscriber.client.each<EntityVersion>(`/api/entities/${entityId}/versions`);
    return Array.fromAsync(versions, ({ definition }) => definition);
  }

  /** New variables take their defaults; those that the install has stay. */
  expectVariablesOf({ variablesSchemaSnapshot }: IntegrationVersion): void {
    this.variables = { ...defaultsOf(variablesSchemaSnapshot), ...this.variables };
  }

  async view(): Promise<View> {
    const { client } = this.#subscriber;
    const install = await client.request<IntegrationInstall>('GET', this.#path);
    const { members } = await client.request<{ members: readonly InstallMember[] }>('GET', `${this.#path}/members`);
    const clones = members.filter(({ isClone }) => isClone).map(({ entityId }) => entityId);
    return { install, members, definitions: await this.#read([...new Set([...clones, ...this.edits.keys()])]) };
  }

  async #read(ids: readonly string[]): Promise<ReadonlyMap<string, JsonObject>> {
    const definitions = new Map<string, JsonObject>();
    for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
      const query = { ids: ids.slice(from, from + READ_AT_ONCE).join(',') };
      for await (const { id, definition } of this.#subscriber.client.each<Entity>('/api/entities', query)) definitions.set(id, definition);
    }
    return definitions;
  }
}

const propertiesOf = (schema: JsonObject): [string, JsonObject][] =>
  Object.entries((schema.properties ?? {}) as Record<string, JsonObject>);

const defaultsOf = (schema: JsonObject): JsonObject =>
  Object.fromEntries(propertiesOf(schema).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])));

/** A value for each text variable that has no default; the others are left to their defaults, or unset. */
const valuesFor = (schema: JsonObject): JsonObject =>
  Object.fromEntries(
    propertiesOf(schema).flatMap(([name, { type, default: value }]) =>
      type === 'string' && value === undefined ? [[name, `the "${name}" of this workspace`]] : [],
    ),
  );
