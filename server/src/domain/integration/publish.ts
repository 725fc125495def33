import sql from 'sql-template-tag';
import type { Static } from 'typebox';
import type { ReadCtx, WriteCtx } from '../../context.ts';
import { badBody, MAX_FAULTS, Problem } from '../../lib/errors.ts';
import { newId, PREFIX } from '../../lib/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import { canonicalJson, digestOf } from '../../lib/json-canonical.ts';
import { jsonInTurns } from '../../lib/json-pieces.ts';
import { parseVersion, precedence } from '../../lib/semver.ts';
import { Turns } from '../../lib/turns.ts';
import { type Reply, shown, type Target } from '../../route.ts';
import { record } from '../audit/record.ts';
import { userOf } from '../workspace/workspaces.ts';
import { adviseVersion, INITIAL } from './advice.ts';
import { comparables } from './consent/load.ts';
import { moveCurrent } from './current.ts';
import { loadDraft, membersOf } from './draft-members.ts';
import { type Examined, examine } from './examine.ts';
import { type IntegrationRow, loadIntegration, lockIntegration, refuseDeleted } from './lock.ts';
import type { Manifest } from './manifest.ts';
import { pinEntities } from './pin.ts';
import { versionAsPublished } from './resource.ts';
import { holdForReview } from './review/hold.ts';
import { admitContent, refuseRevokedDraft, rememberContent } from './revoked-content.ts';
import type { Check, Publish } from './schema.ts';
import { loadSnapshot, type Snapshot, type SnapshotMember } from './snapshot.ts';
import { warningsOf } from './warnings.ts';

export const CHANGELOG_BYTES = 65_536;

/** Snapshots the draft into an immutable version: load, refuse, pin, hold for review, move the current version, record. */
export async function publishIntegration(
  ctx: WriteCtx,
  { target, body }: { target: Target; body: Static<typeof Publish> },
): Promise<Reply> {
  const integration = await lockIntegration(ctx, target.id, 'change');
  refuseDeleted(integration);
  refuseBadVersion(body.version);
  if (Buffer.byteLength(body.changelog ?? '') > CHANGELOG_BYTES) throw badBody('/changelog', `must be at most ${CHANGELOG_BYTES} bytes`);
  refuseUsedVersion(await publishedVersions(ctx, target.id), body.version);
  const { members, faults } = await examine(ctx, integration);
  if (faults.length > 0) throw new Problem('invalid_manifest', `The draft has ${faults.length} faults; see errors.`, { faults });
  return shown(ctx, versionAsPublished, await release(ctx, integration, body, members), 'created');
}

/**
 * Pins the members under a version that is new, moves the current version, records. Refuses what was revoked. The integration is locked, its
 * documents and members examined.
 */
export async function release(
  ctx: WriteCtx,
  integration: IntegrationRow,
  body: Static<typeof Publish>,
  members: readonly SnapshotMember[],
): Promise<string> {
  const versionId = newId(PREFIX.version);
  const content = await admitContent(ctx, integration, members);
  const digest = await pin(ctx, integration, versionId, body, members);
  await rememberContent(ctx, versionId, content);
  await holdForReview(ctx, integration, versionId);
  await moveCurrent(ctx, integration.id);
  const data = { integrationId: integration.id, version: body.version, digest };
  await record(ctx, { type: 'integration.published', workspaceId: integration.workspaceId, subjectId: versionId, data });
  return versionId;
}

/** What an `If-Match` of a publish is held against: the digest of the version that the draft would make. */
export async function draftEtag(ctx: WriteCtx, id: string): Promise<string> {
  const integration = await lockIntegration(ctx, id, 'change');
  const members = membersOf(await loadDraft(ctx, integration));
  return `"${versionDigest(integration, members).toString('hex')}"`;
}

export interface Published {
  id: string;
  version: string;
}

function refuseBadVersion(version: string): void {
  if (parseVersion(version) === null) throw badBody('/version', `is not a SemVer 2.0.0 version: ${version}; expected one like 1.2.0`);
}

export const publishedVersions = (ctx: ReadCtx, integrationId: string): Promise<Published[]> =>
  ctx.db.many<Published>(sql`select id, version from integration_versions where integration_id = ${integrationId}`);

/** The version that has this number already, build metadata aside. */
export const usedBy = (published: readonly Published[], version: string): Published | undefined =>
  published.find((each) => precedence(each.version) === precedence(version));

function refuseUsedVersion(published: readonly Published[], version: string): void {
  const used = usedBy(published, version);
  if (used !== undefined)
    throw new Problem('version_exists', `${used.version} was published already (${used.id}); publish under a higher version.`, {
      facts: { integrationVersionId: used.id },
    });
}

/** Writes the version and its members; returns the version's digest in hex. */
async function pin(
  ctx: WriteCtx,
  integration: IntegrationRow,
  versionId: string,
  body: Static<typeof Publish>,
  members: readonly SnapshotMember[],
): Promise<string> {
  const turns = new Turns();
  const digest = versionDigest(integration, members);
  await turns.pass();
  const pins = Object.fromEntries(members.map((member) => [member.slug, member.entityVersionId]));
  await ctx.db.run(sql`
    insert into integration_versions (id, workspace_id, integration_id, version, name, description, icon_url, manifest_snapshot,
      variables_schema_snapshot, auth_config_snapshot, member_entity_versions, changelog, digest, published_by, published_at)
    values (${versionId}, ${integration.workspaceId}, ${integration.id}, ${body.version}, ${integration.name}, ${integration.description},
      ${integration.iconUrl}, ${JSON.stringify(integration.manifest)}, ${JSON.stringify(integration.variablesSchema)}, ${JSON.stringify(integration.authConfig)}, ${JSON.stringify(pins)},
      ${body.changelog ?? null}, ${digest}, ${userOf(ctx)}, ${ctx.now})`);
  await pinEntities(ctx, integration.workspaceId, members);
  await insertMembers(ctx, versionId, members);
  return digest.toString('hex');
}

type Written = Pick<IntegrationRow, 'name' | 'description' | 'iconUrl' | 'manifest' | 'variablesSchema' | 'authConfig'>;

/**
 * SHA-256 of the canonical JSON of all that the version shows and holds: its listing, the documents, and each member's definition by digest.
 * What was published before the listing was part of it keeps its digest.
 */
export function versionDigest(
  { name, description, iconUrl, manifest, variablesSchema, authConfig }: Written,
  members: readonly SnapshotMember[],
): Buffer {
  const content: JsonObject = {
    listing: { name, description, iconUrl },
    manifest,
    variablesSchema,
    authConfig,
    members: Object.fromEntries(members.map((member) => [member.slug, member.digest.toString('hex')])),
  };
  return digestOf(canonicalJson(content));
}

async function insertMembers(ctx: WriteCtx, versionId: string, members: readonly SnapshotMember[]): Promise<void> {
  const turns = new Turns();
  const rows = members.map((member) => ({
    slug: member.slug,
    position: member.position,
    kind: member.kind,
    entity_id: member.entityId,
    entity_version_id: member.entityVersionId,
    entity_slug: member.entitySlug,
    name: member.name,
    description: member.description,
    digest: `\\x${member.digest.toString('hex')}`,
    origin: member.origin,
    required: member.required,
    default_enabled: member.defaultEnabled,
    fork_on_install: member.forkOnInstall,
    depends_on: member.dependsOn,
    former_slugs: member.formerSlugs,
  }));
  await turns.pass();
  await ctx.db.run(sql`
    insert into integration_version_members (integration_version_id, slug, position, kind, entity_id, entity_version_id, entity_slug,
      name, description, definition_digest, origin, required, default_enabled, fork_on_install, depends_on, former_slugs)
    select ${versionId}, slug, position, kind, entity_id, entity_version_id, entity_slug, name, description, digest, origin, required,
      default_enabled, fork_on_install, depends_on, former_slugs
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(slug text, position int, kind text, entity_id id, entity_version_id id,
      entity_slug text, name text, description text, digest bytea, origin text, required boolean, default_enabled boolean,
      fork_on_install boolean, depends_on text[], former_slugs text[])`);
}

/** Everything that publish would check, and which version number would fit. Writes nothing. */
export async function checkIntegration(ctx: ReadCtx, { target, body }: { target: Target; body: Static<typeof Check> }): Promise<Reply> {
  const integration = await loadIntegration(ctx, target.id);
  refuseDeleted(integration);
  if (body.version !== undefined) {
    refuseBadVersion(body.version);
    refuseUsedVersion(await publishedVersions(ctx, target.id), body.version);
  }
  const examined = await examine(ctx, integration);
  if (examined.faults.length === 0) await refuseRevokedDraft(ctx, integration, examined.members);
  const errors = examined.faults.slice(0, MAX_FAULTS);
  const { currentVersionId: id } = integration;
  const current = id === null ? null : await loadSnapshot(ctx.db, integration.id, id);
  const warnings = await warningsOf(ctx, examined, current);
  const digest = versionDigest(integration, examined.members).toString('hex');
  const advice = await advise(ctx, integration, examined, current);
  return jsonInTurns({ publishable: errors.length === 0, errors, warnings, advice, digest });
}

async function advise(ctx: ReadCtx, integration: IntegrationRow, { members }: Examined, current: Snapshot | null) {
  const { variablesSchema, authConfig } = integration;
  const manifest = integration.manifest as Manifest;
  if (current === null) return INITIAL;
  const { from, to } = await comparables(ctx, current, { members, manifest, variablesSchema, authConfig });
  return adviseVersion(current.version, from, to);
}
