import type { NamedWant, Want } from './wants.ts';

/** A version of an integration, with what it wants of others. */
export interface Choice {
  /** `publisher/slug`. */
  readonly integration: string;
  readonly version: string;
  readonly wants: readonly Want[];
}

/** Everything that a resolution depends on. */
export interface World {
  readonly root: Choice;
  /** Integration → the versions that may be taken, in any order. */
  readonly offered: ReadonlyMap<string, readonly Choice[]>;
  /** Integration → the versions that the workspace has. They are never moved. */
  readonly installed: ReadonlyMap<string, readonly string[]>;
  /** What the workspace's installs want, and have. */
  readonly locks: readonly NamedWant[];
}
