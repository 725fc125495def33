/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export type RetentionTier = 'short' | 'medium' | 'long' | 'none';
/** How far a publisher is vouched for, the highest first. */
export type TrustTier = 'first_party' | 'vendor_official' | 'verified_partner' | 'verified_publisher';
export type MemberPolicy = 'auto_all' | 'auto_defaults' | 'manual';

/** A page of a list. Times in all rows are ISO-8601 in UTC. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly pageInfo: {
    /** Rows of the whole list. */
    readonly total: number;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** What a workspace lets in of others' integrations; null: no such rule. */
export interface InstallPolicy {
  readonly leastTrustTier: TrustTier | null;
  readonly allowedPublishers: readonly string[] | null;
  readonly minReleaseAgeHours: number | null;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly retentionTier: RetentionTier;
  readonly installPolicy: InstallPolicy;
  readonly suspendedAt: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly platformRoles: readonly ('reviewer' | 'admin')[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WorkspaceMembership {
  readonly id: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly role: 'viewer' | 'editor' | 'admin';
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ApiKey {
  readonly id: string;
  readonly workspaceId: string | null;
  readonly name: string;
  readonly kind: 'secret' | 'publishable' | 'bootstrap';
  readonly role: 'viewer' | 'editor' | 'admin' | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface ApiKeyWithSecret extends ApiKey {
  /** The bearer token, in the answer that creates it only. */
  readonly secret: string;
}

/** Who a key acts as. */
export interface Me {
  readonly user: User | null;
  readonly key: ApiKey | null;
  readonly memberships: readonly WorkspaceMembership[];
  readonly platformRoles: readonly ('reviewer' | 'admin')[];
}

export interface Entity {
  readonly id: string;
  readonly workspaceId: string;
  readonly kind: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly definition: JsonObject;
  readonly currentVersionId: string;
  readonly versionNumber: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
  readonly retentionTier: RetentionTier | null;
}

export interface EntityVersion {
  readonly id: string;
  readonly entityId: string;
  readonly number: number;
  readonly digest: string;
  readonly definition: JsonObject;
  readonly createdBy: string;
  readonly createdAt: string;
}

export interface AuthState {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly type: 'api_key' | 'oauth2';
  readonly status: 'active' | 'expired' | 'revoked';
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
  readonly retentionTier: RetentionTier | null;
}

/** A part of an integration, as its manifest declares it. */
export interface MemberDecl {
  readonly slug: string;
  readonly entityId: string;
  readonly kind: string;
  readonly required?: boolean;
  readonly defaultEnabled?: boolean;
  readonly forkOnInstall?: boolean;
  readonly dependsOn?: readonly string[];
  readonly renamedFrom?: string;
}

export interface Manifest {
  readonly members?: readonly MemberDecl[];
  readonly dependencies?: readonly { readonly integration: string; readonly range: string; readonly optional?: boolean }[];
  readonly defaults?: { readonly memberPolicy?: MemberPolicy; readonly variables?: JsonObject };
}

export interface Integration {
  readonly id: string;
  readonly workspaceId: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly iconUrl: string | null;
  readonly publisher: string;
  readonly trustTier: TrustTier;
  readonly currentVersion: string | null;
  readonly manifest: Manifest;
  readonly variablesSchema: JsonObject;
  readonly authConfig: JsonObject;
  readonly visibility: 'private' | 'unlisted' | 'public';
  readonly createdBy: string;
  readonly deletedAt: string | null;
  readonly retentionTier: RetentionTier | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface IntegrationVersion {
  readonly id: string;
  readonly integrationId: string;
  readonly version: string;
  readonly manifestSnapshot: Manifest;
  readonly variablesSchemaSnapshot: JsonObject;
  readonly authConfigSnapshot: JsonObject;
  /** Member slug → the pinned entity version, for members and closure schemas. */
  readonly memberEntityVersions: Readonly<Record<string, string>>;
  readonly changelog: string | null;
  readonly publishedBy: string;
  readonly publishedAt: string;
}

/** Who signed a bundle, as far as the server knows now. `name`: null when nobody vouches for the key. */
export interface Signer {
  readonly fingerprint: string;
  readonly name: string | null;
  readonly trusted: boolean;
}

/** Where an imported version came from. */
export interface Origin {
  readonly digest: string;
  readonly publisher: string;
  readonly slug: string;
  readonly signer: Signer;
  readonly importedBy: string;
  readonly importedAt: string;
}

export interface ImportedVersion extends IntegrationVersion {
  readonly importedFrom: Origin;
}

/** A version as one portable file, as far as a client looks into it. */
export interface Bundle {
  readonly format: 'mortise-bundle/1';
  readonly integration: Pick<Integration, 'publisher' | 'slug' | 'name' | 'description' | 'iconUrl'>;
  readonly publishedAt: string;
  readonly content: JsonObject;
  /** SHA-256 of the content's canonical JSON, the same on every server that has the version. */
  readonly digest: string;
  readonly signature: { readonly algorithm: 'Ed25519'; readonly publicKey: string; readonly value: string };
}

/** What verifies the bundles that a server exports. */
export interface SigningKey {
  readonly algorithm: 'Ed25519';
  readonly publicKey: string;
  readonly fingerprint: string;
}

export interface TrustedSigner {
  readonly id: string;
  readonly name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

export interface IntegrationInstall {
  readonly id: string;
  readonly integrationId: string;
  readonly integrationVersionId: string;
  readonly workspaceId: string;
  readonly variables: JsonObject;
  readonly authStateId: string | null;
  readonly memberPolicy: MemberPolicy;
  readonly parentInstallId: string | null;
  readonly solutionId: string;
  readonly installedBy: string;
  readonly installedAt: string;
  readonly lastUpgradedAt: string | null;
  readonly deletedAt: string | null;
  readonly retentionTier: RetentionTier | null;
}

/** What an install wants of another integration, and what meets it. */
export interface InstallDependency {
  /** `publisher/slug`. */
  readonly integration: string;
  readonly range: string;
  readonly optional: boolean;
  /** Whether what is installed now does. */
  readonly ok: boolean;
  readonly installId: string | null;
  readonly version: string | null;
  /** What met it when it was resolved. */
  readonly lockedInstallId: string | null;
  readonly lockedVersion: string | null;
}

/** A part of an install: a clone of the publisher's entity, or a reference to it. */
export interface InstallMember {
  readonly id: string;
  readonly integrationInstallId: string;
  readonly workspaceId: string;
  readonly entityId: string;
  readonly entityVersionId: string;
  readonly sourceMemberSlug: string;
  readonly isClone: boolean;
  readonly sourceVersionId: string;
  readonly detached: boolean;
  readonly enabled: boolean;
  readonly addedBy: string;
  readonly addedAt: string;
  readonly deletedAt: string | null;
  readonly retentionTier: RetentionTier | null;
  readonly kind: string;
  readonly name: string;
  readonly configState: 'ready' | 'needs_auth' | 'needs_variables' | 'disabled';
  readonly drift: 'none' | 'modified' | 'outdated' | 'missing';
}

/** Member slugs, each in one list only; unchanged members are in none. */
export interface UpgradeResult {
  readonly updated: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly skipped: readonly string[];
}

/** What becomes of detached clones: left alone, merged with the new definition, or replaced by it. */
export type Strategy = 'skip' | 'merge' | 'overwrite';

/** How a conflict of a merge is settled: by its pointer, or all of the member's. */
export interface MergeResolution {
  readonly slug: string;
  readonly pointer?: string;
  readonly pick: 'base' | 'ours' | 'theirs' | 'value';
  /** Where `pick` is value. */
  readonly value?: Json;
}

export interface UpgradePlanOptions {
  /** Absent: the current version. */
  readonly integrationVersionId?: string;
  readonly strategy?: Strategy;
  readonly resolutions?: readonly MergeResolution[];
}

export interface UpgradeOptions extends UpgradePlanOptions {
  /** Of a plan: do exactly that, or nothing. */
  readonly planDigest?: string;
  /** Answer with a `ChangeReport`. */
  readonly detail?: boolean;
}

/** A place that both sides changed. It keeps `ours`; a side that has nothing there lacks the property. */
export interface MergeConflict {
  readonly pointer: string;
  readonly base?: Json;
  readonly ours?: Json;
  readonly theirs?: Json;
}

/** A conflict with the member that it is in. */
export interface MemberConflict extends MergeConflict {
  readonly slug: string;
}

/** An upgrade or rollback in detail. */
export interface ChangeReport extends UpgradeResult {
  /** Members in which the workspace's own changes stay beside what was written. */
  readonly merged: readonly string[];
  readonly conflicts: readonly MemberConflict[];
  /** Null when nothing changed. */
  readonly revision: number | null;
}

/** RFC 6902. `value` is there for add and replace. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: Json;
}

export interface PlannedMember {
  readonly slug: string;
  readonly formerSlug: string | null;
  readonly memberId: string | null;
  readonly entityId: string | null;
  readonly disposition: 'insert' | 'update' | 'merge' | 'keep' | 'skip_detached' | 'skip_conflict' | 'up_to_date' | 'remove' | 'blocked';
  readonly reason: string;
  /** From what it shows now to what it would show; null: no change, or no room left in the answer. */
  readonly diff: readonly PatchOperation[] | null;
  readonly conflicts: readonly MergeConflict[];
  readonly referencedBy: readonly string[];
}

/** What an upgrade with the same options would do. */
export interface UpgradePlan extends UpgradeResult {
  readonly installId: string;
  readonly revision: number;
  readonly from: { readonly id: string; readonly version: string };
  readonly to: { readonly id: string; readonly version: string };
  readonly jump: 'none' | 'patch' | 'minor' | 'major' | 'prerelease';
  readonly strategy: Strategy;
  readonly merged: readonly string[];
  readonly conflicted: readonly string[];
  readonly variables: { readonly added: readonly string[]; readonly missing: readonly string[] };
  readonly consent: readonly {
    readonly kind: 'auth_type' | 'scopes' | 'required_variable';
    readonly detail: string;
    readonly added: readonly string[];
  }[];
  readonly blockers: readonly { readonly code: string; readonly title: string; readonly detail: string; readonly facts: JsonObject }[];
  readonly members: readonly PlannedMember[];
  readonly planDigest: string;
}

export interface RollbackRequest {
  readonly revision: number;
  /** Tell what would change, and change nothing. */
  readonly dryRun?: boolean;
}

/** What was done to an install, and every member as it was afterwards. */
export interface InstallRevision extends UpgradeResult {
  readonly id: string;
  readonly integrationInstallId: string;
  readonly workspaceId: string;
  /** Counted from 1. */
  readonly number: number;
  readonly action: 'install' | 'upgrade' | 'reconfigure' | 'rollback' | 'add_members' | 'drop_member' | 'uninstall' | 'restore';
  readonly fromVersionId: string | null;
  readonly toVersionId: string;
  readonly variables: JsonObject;
  readonly merged: readonly string[];
  readonly conflicted: readonly string[];
  readonly members: JsonObject;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** A clone against what was last applied to it, and against what an upgrade would bring. */
export interface MemberDiff {
  readonly memberId: string;
  readonly slug: string;
  readonly entityId: string;
  readonly local: readonly PatchOperation[];
  readonly target: {
    readonly versionId: string;
    readonly version: string;
    readonly patch: readonly PatchOperation[] | null;
    readonly conflicts: readonly MergeConflict[];
  } | null;
}

/** A member as an install of a version would take it. */
export interface MemberPreview {
  readonly slug: string;
  readonly kind: string;
  readonly entityId: string;
  readonly entityVersionId: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly required: boolean;
  readonly defaultEnabled: boolean;
  readonly forkOnInstall: boolean;
  readonly dependsOn: readonly string[];
  readonly origin: 'declared' | 'schema_closure';
  readonly requiredBy: readonly string[];
  readonly problem: string | null;
}
