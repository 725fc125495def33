import { readFile, writeFile } from 'node:fs/promises';
import { MortiseError } from '@mortise/sdk/errors';
import type { Bundle, ImportedVersion } from '@mortise/sdk/resources';
import { Command } from 'commander';
import pc from 'picocolors';
import { CliError } from './cli-error.ts';
import { type ConnectionOptions, clientOf } from './connection.ts';

interface ExportOptions extends ConnectionOptions {
  readonly output?: string;
}

interface ImportOptions extends ConnectionOptions {
  readonly workspace: string;
  readonly slug?: string;
  readonly acceptUnknownSigner?: true;
  readonly json?: true;
}

/** `mortise bundle export|import`: a version as one signed file, from one server to another. */
export const bundleCommand = (): Command =>
  new Command('bundle')
    .summary('move a version to another server as one signed file')
    .description('Exports a published version as one signed file, and imports such a file on another server.')
    .addCommand(exportCommand())
    .addCommand(importCommand());

const exportCommand = (): Command =>
  new Command('export')
    .summary('write a published version to a file')
    .description(
      'Writes a published version as a bundle: canonical JSON, signed by the server. The same version gives the same digest everywhere.',
    )
    .argument('<version>', 'id of the integration version (intver_…)')
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .action((id: string, _options: object, command: Command) => runExport(id, command.optsWithGlobals<ExportOptions>()));

const importCommand = (): Command =>
  new Command('import')
    .summary('publish the version in a file')
    .description('Publishes the version of a bundle in a workspace, under its own handle. The server checks digest, signature and signer.')
    .argument('<file>', 'the bundle')
    .requiredOption('-w, --workspace <id>', 'workspace that will publish it')
    .option('--slug <slug>', "slug of the integration (default: the bundle's)")
    .option('--accept-unknown-signer', 'import it although nobody vouches for the key that signed it')
    .option('--json', 'print the answer as JSON')
    .action((file: string, _options: object, command: Command) => runImport(file, command.optsWithGlobals<ImportOptions>()));

async function runExport(id: string, { output, ...connection }: ExportOptions): Promise<void> {
  const text = await clientOf(connection).text(`/api/integration-versions/${encodeURIComponent(id)}/bundle`);
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  await writeFile(output, text).catch((cause: Error) => {
    throw new CliError(`${output} cannot be written (${cause.message}): name another file.`, { cause });
  });
  const { integration, digest } = JSON.parse(text) as Bundle;
  process.stdout.write(`${pc.green('✓')} ${output}: ${integration.publisher}/${integration.slug}, digest ${digest}\n`);
}

async function runImport(
  file: string,
  { workspace: workspaceId, slug, acceptUnknownSigner, json, ...connection }: ImportOptions,
): Promise<void> {
  const bundle = await readBundle(file);
  const body = { workspaceId, bundle, ...(slug && { slug }), ...(acceptUnknownSigner && { acceptUnknownSigner }) };
  const version = await clientOf(connection).request<ImportedVersion>('POST', '/api/bundles', { body }).catch(nameTheOption);
  process.stdout.write(json ? `${JSON.stringify(version)}\n` : tell(version));
}

/** Only the server judges what is in it; here it has to be one JSON object, so that nothing beside the bundle gets into the request. */
async function readBundle(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new CliError(`${file} cannot be read (${cause.message}): name a bundle.`, { cause });
  });
  try {
    const bundle: unknown = JSON.parse(text);
    if (typeof bundle === 'object' && bundle !== null && !Array.isArray(bundle)) return bundle;
    throw new Error('it is no JSON object');
  } catch (cause) {
    throw new CliError(`${file} is not a bundle: ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
}

function nameTheOption(error: unknown): never {
  if (!(error instanceof MortiseError) || error.code !== 'unknown_signer') throw error;
  const next = 'Let a platform admin trust it, or pass --accept-unknown-signer.';
  throw new CliError(`Nobody there vouches for the key ${error.facts.fingerprint} that signed the bundle. ${next}`, { cause: error });
}

function tell({ id, version, importedFrom: { publisher, slug, signer } }: ImportedVersion): string {
  const who = signer.trusted ? `signed by ${signer.name}` : `signed by the unknown key ${signer.fingerprint}`;
  return `${pc.green('✓')} ${publisher}/${slug} ${version} is ${id} here, ${who}\n`;
}
