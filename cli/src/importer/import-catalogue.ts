import type { Mortise } from '@mortise/sdk';
import { MortiseError } from '@mortise/sdk/errors';
import type { Catalogue, CatalogueIntegration } from './catalogue.ts';
import { inParallel } from './in-parallel.ts';
import { type ImportContext, IntegrationImport } from './integration-import.ts';
import { type Destination, openWorkspace } from './publisher-workspace.ts';

/** How many integrations are imported at once: enough to keep a server of a few cores busy, too few to crowd out others. */
const WIDTH = 4;

export interface ImportOptions extends Destination {
  /** Kinds whose members installs refer to, instead of cloning them. */
  readonly references: ReadonlySet<string>;
  /** Called after each version that is done, or was there already. */
  readonly onVersions: (count: number, integration: string) => void;
}

/** What an import did. */
export interface ImportResult {
  readonly workspace: string;
  /** Integrations whose versions are all published now. */
  readonly integrations: number;
  /** Versions published; those that were there before not counted. */
  readonly versions: number;
  readonly entities: number;
  readonly entityVersions: number;
  /** Integrations that the server refused; the others are imported nevertheless. */
  readonly refused: readonly Refusal[];
}

export interface Refusal {
  /** `<slug>@<version>`, or `<slug>` when not even the draft could be made. */
  readonly what: string;
  readonly error: MortiseError;
}

/**
 * Publishes a catalogue with its whole version history. May be cut off and run again: what the server has is not published twice.
 * Throws what stops the whole import (no answer, a key that does not suffice); what is wrong with one integration is in the result.
 */
export async function importCatalogue(client: Mortise, catalogue: Catalogue, options: ImportOptions): Promise<ImportResult> {
  const workspace = await openWorkspace(client, catalogue, options);
  const tally: Tally = { integrations: 0, versions: 0, entities: 0, entityVersions: 0, refused: [] };
  const context = { client, workspaceId: workspace.id, definitions: catalogue.definitions, references: options.references, tally };
  await inParallel(catalogue.integrations, WIDTH, (source) => importOne(context, source, options.onVersions));
  return { workspace: workspace.handle, ...tally };
}

interface Tally {
  integrations: number;
  versions: number;
  entities: number;
  entityVersions: number;
  readonly refused: Refusal[];
}

/** A version that the server refuses ends its integration: the next ones stand on it. */
async function importOne(
  context: ImportContext & { readonly tally: Tally },
  source: CatalogueIntegration,
  onVersions: ImportOptions['onVersions'],
): Promise<void> {
  const { tally } = context;
  let what = source.slug;
  try {
    const running = await IntegrationImport.open(context, source);
    onVersions(source.versions.length - running.missing.length, source.slug);
    for (const version of running.missing) {
      what = `${source.slug}@${version.version}`;
      await running.publish(version);
      tally.versions += 1;
      onVersions(1, source.slug);
    }
    tally.integrations += 1;
  } catch (error) {
    if (!isAboutThis(error)) throw error;
    tally.refused.push({ what, error });
  }
}

/** Refusals of the key, and of everything at once, would meet every other integration too. */
const isAboutThis = (error: unknown): error is MortiseError => error instanceof MortiseError && [409, 413, 422].includes(error.status);
