import sql from 'sql-template-tag';
import type { Db } from '../../db/pool.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AuthConfig, Manifest } from './manifest.ts';

/** One member of a version, declared or in its schema closure, with everything an install needs to know of it. */
export interface SnapshotMember {
  readonly slug: string;
  readonly position: number;
  readonly kind: string;
  /** The publisher's entity, and the version of it that is pinned. */
  readonly entityId: string;
  readonly entityVersionId: string;
  readonly entitySlug: string;
  readonly name: string;
  readonly description: string | null;
  /** SHA-256 of the pinned definition. */
  readonly digest: Buffer;
  readonly origin: 'declared' | 'schema_closure';
  readonly required: boolean;
  readonly defaultEnabled: boolean;
  readonly forkOnInstall: boolean;
  readonly dependsOn: readonly string[];
  /** What the member was called in earlier versions, newest first. */
  readonly formerSlugs: readonly string[];
  /** Entity ids and variable names that the pinned definition uses. */
  readonly refs: readonly string[];
  readonly variables: readonly string[];
}

/** A version as installs see it. `members` in manifest order, then the closure. */
export interface Snapshot {
  readonly id: string;
  readonly integrationId: string;
  readonly version: string;
  /** What the integration was called when it was published. */
  readonly name: string;
  readonly yanked: boolean;
  /** In review, and until that approves it only for its own workspace. */
  readonly held: boolean;
  readonly manifest: Manifest;
  readonly variablesSchema: JsonObject;
  readonly authConfig: AuthConfig;
  readonly members: readonly SnapshotMember[];
}

interface VersionRow {
  id: string;
  integrationId: string;
  version: string;
  name: string;
  yanked: boolean;
  held: boolean;
  manifest: string;
  variablesSchema: string;
  authConfig: string;
}

/** Loads a version with its members, or null when the integration has no such version. */
export async function loadSnapshot(db: Db, integrationId: string, versionId: string): Promise<Snapshot | null> {
  const row = await db.maybe<VersionRow>(sql`
    select id, integration_id as "integrationId", version, name, yanked_at is not null as yanked, held_at is not null as held,
      manifest_snapshot as manifest,
      variables_schema_snapshot as "variablesSchema", auth_config_snapshot as "authConfig"
    from integration_versions where id = ${versionId} and integration_id = ${integrationId}`);
  if (row === null) return null;
  return {
    ...row,
    manifest: JSON.parse(row.manifest) as Manifest,
    variablesSchema: JSON.parse(row.variablesSchema) as JsonObject,
    authConfig: JSON.parse(row.authConfig) as AuthConfig,
    members: await loadMembers(db, versionId),
  };
}

const loadMembers = (db: Db, versionId: string): Promise<SnapshotMember[]> =>
  db.many<SnapshotMember>(sql`
    select m.slug, m.position, m.kind, m.entity_id as "entityId", m.entity_version_id as "entityVersionId",
      m.entity_slug as "entitySlug", m.name, m.description, m.definition_digest as digest, m.origin, m.required,
      m.default_enabled as "defaultEnabled", m.fork_on_install as "forkOnInstall", m.depends_on as "dependsOn",
      m.former_slugs as "formerSlugs", d.refs, d.variables
    from integration_version_members m join published_definitions d on d.digest = m.definition_digest
    where m.integration_version_id = ${versionId}
    order by m.position`);
