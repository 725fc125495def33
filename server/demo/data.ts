/** The form of the demo's integrations: plain data, each version told as what it changes in the one before. */
import type { JsonObject } from '../src/lib/json.ts';

export interface Integration {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: 'private' | 'unlisted' | 'public';
  /** Set by the platform admin where it is more than the publisher's own. */
  readonly trustTier?: 'vendor_official' | 'verified_partner';
  /** Oldest first. The first one tells everything. */
  readonly releases: readonly Release[];
}

export interface Release {
  readonly version: string;
  readonly changelog: string;
  /** By slug, in manifest order: new members whole, known ones by what changes, null for those that go. */
  readonly members: Readonly<Record<string, Partial<Member> | null>>;
  /** The rest is as in the release before unless given. */
  readonly variablesSchema?: JsonObject;
  readonly authConfig?: JsonObject;
  readonly dependencies?: readonly { readonly integration: string; readonly range: string; readonly optional?: boolean }[];
  readonly defaults?: JsonObject;
}

export interface Member {
  readonly kind: string;
  readonly name: string;
  readonly description?: string;
  /** A string `@slug` stands for the entity of that member, which is one told before. */
  readonly definition: JsonObject;
  /** A schema that is not declared: it travels because a member refers to it. */
  readonly closure?: boolean;
  readonly required?: boolean;
  readonly defaultEnabled?: boolean;
  /** Cloned on install unless false. */
  readonly forkOnInstall?: boolean;
  readonly dependsOn?: readonly string[];
  readonly renamedFrom?: string;
}
