/** What changes of an install are asked for, and what they answer. */
import type { Json, JsonObject, UpgradeResult } from './resources.ts';

/** What becomes of detached clones: left alone, merged with the new definition, or replaced by it. */
export type Strategy = 'skip' | 'merge' | 'overwrite';

/** How a conflict of a merge is settled: by its pointer, or all of the member's. */
export interface MergeResolution {
  readonly slug: string;
  readonly pointer?: string;
  /** Of a conflict in some lines of a text: only these. */
  readonly lines?: LineRange;
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

/** Lines of a text: from this one up to, but without, that one, counted from 0. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** A place that both sides changed. It keeps `ours`; a side that has nothing there lacks the property. */
export interface MergeConflict {
  readonly pointer: string;
  /** Where it is some lines of a text: which ones of the text that keeps `ours`. The sides tell these lines only. */
  readonly lines?: LineRange;
  readonly base?: Json;
  readonly ours?: Json;
  readonly theirs?: Json;
  /** Why the whole definition is in conflict, where each place would merge. */
  readonly reason?: string;
  /** Plans: the version with which it came, where it is open already. */
  readonly sinceVersionId?: string;
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
