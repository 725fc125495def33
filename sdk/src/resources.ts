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
  /** Null, as are the platform roles, to all but the user, admins of a workspace that the user belongs to, and platform admins. */
  readonly email: string | null;
  readonly name: string;
  readonly platformRoles: readonly ('reviewer' | 'admin')[] | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WorkspaceMembership {
  readonly id: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly role: 'viewer' | 'editor' | 'admin';
  /** invited: the user has not accepted yet, and is not a member. */
  readonly state: 'invited' | 'accepted';
  readonly createdBy: string;
  readonly createdAt: string;
  readonly acceptedAt: string | null;
  readonly updatedAt: string;
}

export interface ApiKey {
  readonly id: string;
  readonly workspaceId: string | null;
  readonly name: string;
  readonly kind: 'secret' | 'publishable' | 'bootstrap';
  readonly role: 'viewer' | 'editor' | 'admin' | null;
  /** Null to a publishable key. */
  readonly createdBy: string | null;
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

/** An install as lists and gets show it: with how it stands to what its integration offers by now. */
export interface ListedInstall extends IntegrationInstall {
  /** What tells it from other installs of the same integration. */
  readonly name: string | null;
  readonly upgradePolicy: 'manual' | 'patch' | 'minor' | 'all';
  readonly minReleaseAgeHours: number | null;
  /** Places in its members that both sides changed and nobody has decided yet. */
  readonly openConflicts: number;
  readonly updateAvailable: boolean;
  readonly updateJump: 'none' | 'patch' | 'minor' | 'major' | 'prerelease';
  /** The current version, where that is higher. */
  readonly availableVersion: string | null;
  readonly versionState: 'active' | 'deprecated' | 'yanked' | 'revoked';
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
  readonly openConflicts: number;
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
