import type { JsonObject } from '../../../lib/json.ts';
import type { AuthConfig, Manifest } from '../manifest.ts';
import type { SnapshotMember } from '../snapshot.ts';

/** A version, or a draft, as others are compared with it. */
export interface Version {
  readonly members: readonly SnapshotMember[];
  readonly manifest: Pick<Manifest, 'defaults'>;
  readonly variablesSchema: JsonObject;
  readonly authConfig: AuthConfig;
}

/** What two versions are compared by. */
export interface Comparable extends Version {
  /** The hosts that the members' definitions name, where their kinds say that they do. */
  readonly hosts: readonly string[];
}

const KINDS = [
  'auth_type',
  'scopes',
  'auth_url',
  'auth_header',
  'host',
  'required_variable',
  'member_kind',
  'member_mode',
  'listing',
] as const;
export const NEED_KINDS: readonly (typeof KINDS)[number][] = KINDS;

/** Something that a version newly asks of whoever installs it, and that no policy may agree to in their place. */
export interface ConsentNeed {
  readonly kind: (typeof KINDS)[number];
  /** The need as a sentence. */
  readonly detail: string;
  /** What is new: the auth type, the scopes, the variables. */
  readonly added: readonly string[];
}

/** The need, where something is new. */
export const needOf = (kind: ConsentNeed['kind'], added: readonly string[], tell: (list: string) => string): ConsentNeed[] =>
  added.length === 0 ? [] : [{ kind, detail: tell(added.join(', ')), added }];
