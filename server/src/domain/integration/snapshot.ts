import sql from 'sql-template-tag';
import type { Db } from '../../db/pool.ts';
import type { JsonObject } from '../../lib/json.ts';
import { Turns } from '../../lib/turns.ts';
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

/** Each as one text: rows of many columns are taken apart as they come in, however many, and others would wait for that. */
async function loadMembers(db: Db, versionId: string): Promise<SnapshotMember[]> {
  const rows = await db.many<{ json: string }>(sql`
    select json_build_object('slug', m.slug, 'position', m.position, 'kind', m.kind, 'entityId', m.entity_id,
      'entityVersionId', m.entity_version_id, 'entitySlug', m.entity_slug, 'name', m.name, 'description', m.description,
      'digest', encode(m.definition_digest, 'hex'), 'origin', m.origin, 'required', m.required, 'defaultEnabled', m.default_enabled,
      'forkOnInstall', m.fork_on_install, 'dependsOn', m.depends_on, 'formerSlugs', m.former_slugs, 'refs', d.refs,
      'variables', d.variables)::text as json
    from integration_version_members m join published_definitions d on d.digest = m.definition_digest
    where m.integration_version_id = ${versionId}
    order by m.position`);
  return new Turns().map(rows, ({ json }) => {
    const { digest, ...member } = JSON.parse(json) as Omit<SnapshotMember, 'digest'> & { digest: string };
    return { ...member, digest: Buffer.from(digest, 'hex') };
  });
}
