/**
 * A world as a server left it that knew the migrations up to 0009: people in a workspace, an integration of which a version was revoked for
 * malice, and the same malice under another name. Written as SQL, since no server of today writes into tables of then.
 */
import pino from 'pino';
import sql, { type Sql } from 'sql-template-tag';
import { setUp } from '../src/db/open.ts';
import { Database } from '../src/db/pool.ts';
import type { Listing } from '../src/domain/integration/former-revocations.ts';
import { newId, PREFIX } from '../src/lib/ids.ts';
import { Kinds } from '../src/lib/kinds.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { setUpTo } from './former-migrations.ts';
import { MIGRATIONS } from './server.ts';

export const THEN = new Date('2026-02-03T04:05:06.789Z');
const HANDLE = 'acme';

/** Who belongs to the workspace, in which role. */
export const MEMBERS = { ada: 'admin', bob: 'editor', cy: 'viewer' } as const;
type Name = keyof typeof MEMBERS;

export const FORMER = {
  workspace: newId(PREFIX.workspace),
  users: { ada: newId(PREFIX.user), bob: newId(PREFIX.user), cy: newId(PREFIX.user) },
  memberships: { ada: newId(PREFIX.membership), bob: newId(PREFIX.membership), cy: newId(PREFIX.membership) },
  /** 1.0.0 is good; 1.1.0 does what its agent says, and was revoked for it. */
  integration: newId(PREFIX.integration),
  good: newId(PREFIX.version),
  revoked: newId(PREFIX.version),
  /** Does the same as 1.1.0; nobody noticed. */
  copy: newId(PREFIX.integration),
  copied: newId(PREFIX.version),
  agent: newId('agt'),
  schema: newId('sch'),
} as const;

/** What the agent did in 1.0.0, and what it does. It leads to the schema, so that its content has an id in it. */
export const DEFINITIONS = {
  good: { schema: FORMER.schema, does: 'good' },
  bad: { schema: FORMER.schema, does: 'harm' },
  schema: { type: 'object' },
};
export const MANIFEST = { members: [{ slug: 'agent', entityId: FORMER.agent, kind: 'agent', forkOnInstall: true, required: true }] };

const { users, workspace: home } = FORMER;

const people: readonly Sql[] = [
  ...(Object.keys(MEMBERS) as Name[]).map(
    (name) =>
      sql`insert into users (id, email, name, created_at, updated_at) values (${users[name]}, ${`${name}@x.example`}, ${name}, ${THEN}, ${THEN})`,
  ),
  sql`insert into workspaces (id, name, handle, created_by, created_at, updated_at) values (${home}, 'Acme', ${HANDLE}, ${users.ada}, ${THEN}, ${THEN})`,
  ...(Object.keys(MEMBERS) as Name[]).map(
    (name) => sql`insert into workspace_memberships (id, workspace_id, user_id, role, created_by, created_at, updated_at)
      values (${FORMER.memberships[name]}, ${home}, ${users[name]}, ${MEMBERS[name]}, ${users.ada}, ${THEN}, ${THEN})`,
  ),
  told('workspace.created', home),
];

/** Keys in the order of canonical JSON. */
const text = (definition: object): string => JSON.stringify(definition, Object.keys(definition).sort());
const digest = (definition: object): Sql => sql`sha256(convert_to(${text(definition)}, 'UTF8'))`;

const define = (definition: object, refs: readonly string[]): Sql =>
  sql`insert into definitions (digest, body, refs) values (${digest(definition)}, ${text(definition)}, ${[...refs]})`;

interface Made {
  readonly id: string;
  readonly kind: string;
  readonly slug: string;
  readonly definitions: readonly object[];
  readonly versions: readonly string[];
}
const AGENT = {
  id: FORMER.agent,
  kind: 'agent',
  slug: 'agent',
  definitions: [DEFINITIONS.good, DEFINITIONS.bad],
  versions: [newId('agtver'), newId('agtver')],
};
const SCHEMA = { id: FORMER.schema, kind: 'schema', slug: 'schema', definitions: [DEFINITIONS.schema], versions: [newId('schver')] };

const entity = ({ id, kind, slug, definitions, versions }: Made): Sql[] => [
  sql`insert into entities (id, workspace_id, kind, slug, name, definition_digest, current_version_id, version_number, created_by, created_at, updated_at)
    values (${id}, ${home}, ${kind}, ${slug}, ${slug}, ${digest(definitions.at(-1) ?? {})}, ${versions.at(-1)}, ${versions.length}, ${users.bob}, ${THEN}, ${THEN})`,
  ...versions.map(
    (version, index) => sql`insert into entity_versions (id, workspace_id, entity_id, number, definition_digest, created_by, created_at)
      values (${version}, ${home}, ${id}, ${index + 1}, ${digest(definitions[index] ?? {})}, ${users.bob}, ${THEN})`,
  ),
];

const integration = (id: string, slug: string, current: readonly [string, string]): Sql[] => [
  sql`insert into integrations (id, workspace_id, slug, name, publisher, current_version_id, current_version, manifest, variables_schema,
      auth_config, visibility, created_by, created_at, updated_at)
    values (${id}, ${home}, ${slug}, ${slug}, ${HANDLE}, ${current[0]}, ${current[1]}, ${JSON.stringify(MANIFEST)}, '{}', '{}', 'unlisted',
      ${users.bob}, ${THEN}, ${THEN})`,
  told('integration.created', id),
];

/** A version with the agent as its `number`th version, and the schema behind it. */
const version = (id: string, of: string, name: string, number: number, revoked = false): Sql[] => [
  sql`insert into integration_versions (id, workspace_id, integration_id, version, manifest_snapshot, variables_schema_snapshot,
      auth_config_snapshot, member_entity_versions, digest, published_by, published_at, yanked_at, revoked_at)
    values (${id}, ${home}, ${of}, ${name}, ${JSON.stringify(MANIFEST)}, '{}', '{}',
      ${JSON.stringify({ agent: AGENT.versions[number - 1], schema: SCHEMA.versions[0] })}, sha256(convert_to(${id}, 'UTF8')), ${users.bob}, ${THEN},
      ${revoked ? THEN : null}, ${revoked ? THEN : null})`,
  member(id, AGENT, number, 'declared'),
  member(id, SCHEMA, 1, 'schema_closure'),
  told('integration.published', id),
];

const member = (of: string, { id, kind, slug, definitions, versions }: Made, number: number, origin: string): Sql =>
  sql`insert into integration_version_members (integration_version_id, slug, position, kind, entity_id, entity_version_id, entity_slug, name,
      definition_digest, origin, required, default_enabled, fork_on_install)
    values (${of}, ${slug}, ${origin === 'declared' ? 0 : 1}, ${kind}, ${id}, ${versions[number - 1]}, ${slug}, ${slug},
      ${digest(definitions[number - 1] ?? {})}, ${origin}, ${origin === 'declared'}, false, ${origin === 'declared'})`;

function told(type: string, subject: string): Sql {
  return sql`insert into events (id, workspace_id, type, subject_id, request_id, data, created_at)
    values (${newId(PREFIX.event)}, ${home}, ${type}, ${subject}, 'then', '{}', ${THEN})`;
}

const WORLD: readonly Sql[] = [
  ...people,
  define(DEFINITIONS.schema, []),
  define(DEFINITIONS.good, [FORMER.schema]),
  define(DEFINITIONS.bad, [FORMER.schema]),
  ...entity(AGENT),
  ...entity(SCHEMA),
  ...integration(FORMER.integration, 'demo', [FORMER.good, '1.0.0']),
  ...integration(FORMER.copy, 'copy', [FORMER.copied, '3.0.0']),
  ...version(FORMER.good, FORMER.integration, '1.0.0', 1),
  ...version(FORMER.revoked, FORMER.integration, '1.1.0', 2, true),
  ...version(FORMER.copied, FORMER.copy, '3.0.0', 2),
];

/** The world of then in tables of then, brought up to today. */
export const formerDatabase = (): Promise<TestDatabase> =>
  testDatabase(async (connection) => {
    await setUpTo(connection, '0009');
    const owner = new Database(connection);
    await owner.transaction(async (tx) => {
      for (const statement of WORLD) await tx.run(statement);
    });
    await owner.close();
    await setUp(connection, MIGRATIONS);
  });

/** A server of today behind its start, which lists what was revoked then. */
export const serverOn = (database: Database): Listing => ({
  database,
  masterKey: Buffer.alloc(32, 7),
  kinds: new Kinds(),
  log: pino({ level: 'silent' }),
  clock: () => new Date(),
});
