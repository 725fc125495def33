import { Command } from 'commander';
import pc from 'picocolors';
import { CliError } from './cli-error.ts';
import { type ConnectionOptions, clientOf } from './connection.ts';
import { explain } from './explain.ts';
import { readCatalogue } from './importer/catalogue.ts';
import { type ImportResult, importCatalogue, type Refusal } from './importer/import-catalogue.ts';
import type { Destination } from './importer/publisher-workspace.ts';
import { progressOf } from './progress.ts';

interface Options extends Destination, ConnectionOptions {
  readonly workspace?: string;
  readonly reference?: readonly string[];
  readonly json?: true;
}

const AFTER = `
Each integration is created when it is missing; each version that the server does not have yet is published, oldest first.
Cut off, the import goes on where it stood when the command is run again.

Examples:
  $ mortise import catalogue.json.gz
  $ mortise import catalogue.json.gz --handle acme --reference connector --json`;

/** `mortise import <catalogue>`: publishes a catalogue of integrations with their version histories. */
export const importCommand = (): Command =>
  new Command('import')
    .summary('publish a catalogue of integrations with all their versions')
    .description('Publishes a catalogue (JSON, gzipped or not) of integrations with their version histories, through the public API.')
    .argument('<catalogue>', 'the catalogue file')
    .option('-w, --workspace <id>', 'workspace that publishes')
    .option(
      '--handle <handle>',
      "workspace that publishes, by its handle; created when missing, with a platform admin's key (default: the catalogue's publisher)",
    )
    .option('--reference <kind>', 'installs refer to members of this kind instead of cloning them; may be repeated', collect)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', AFTER)
    .action((file: string, _options: object, command: Command) => runImport(file, command.optsWithGlobals<Options>()));

const collect = (kind: string, before: readonly string[] = []): readonly string[] => [...before, kind];

async function runImport(file: string, options: Options): Promise<void> {
  const client = clientOf(options);
  const { workspace: workspaceId, handle, reference, json } = options;
  if (workspaceId !== undefined && handle !== undefined)
    throw new CliError('--workspace and --handle name the same thing: pass one of them.');
  const catalogue = await readCatalogue(file);
  const total = catalogue.integrations.reduce((sum, { versions }) => sum + versions.length, 0);
  const progress = progressOf(total, 'versions', process.stderr);
  const start = performance.now();
  const result = await importCatalogue(client, catalogue, {
    workspaceId,
    handle,
    references: new Set(reference),
    onVersions: progress.advance,
  }).finally(progress.stop);
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(json ? `${JSON.stringify(asJson(result, seconds))}\n` : tell(result, seconds));
  if (result.refused.length > 0) throw refusedError(result.refused);
}

const asJson = ({ refused, ...result }: ImportResult, seconds: number) => ({
  ...result,
  refused: refused.map(({ what, error }) => ({ what, code: error.code, detail: error.detail, errors: error.errors })),
  seconds: Number(seconds.toFixed(1)),
});

const tell = (result: ImportResult, seconds: number): string => {
  const { integrations, versions, entities, entityVersions } = result;
  return `${pc.green('✓')} ${result.workspace}: ${integrations} integrations, ${versions} versions published, ${entities} entities and ${entityVersions} entity versions made, in ${seconds.toFixed(1)} s\n`;
};

const SHOWN = 5;

function refusedError(refused: readonly Refusal[]): CliError {
  const lines = refused.slice(0, SHOWN).map(({ what, error }) => `  ${what}: ${explain(error)}`);
  const more = refused.length > SHOWN ? [`  … and ${refused.length - SHOWN} more; --json lists all`] : [];
  const head = `${refused.length} integrations were not imported whole. Correct the catalogue, then run the command again:`;
  return new CliError([head, ...lines, ...more].join('\n'));
}
