import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { JsonObject } from '@mortise/sdk/resources';
import { CliError } from '../cli-error.ts';

/** A part of a version. A string `@slug` in its definition stands for the entity of that member of the same version. */
export interface CatalogueMember {
  readonly slug: string;
  readonly kind: string;
  readonly name: string;
  readonly required?: boolean;
  readonly defaultEnabled?: boolean;
  readonly dependsOn?: readonly string[];
  /** Not declared in the manifest: a schema that travels with the members that refer to it. */
  readonly closure?: boolean;
  /** Key in the catalogue's `definitions`. */
  readonly definition: string;
}

export interface CatalogueVersion {
  readonly version: string;
  readonly changelog?: string;
  readonly authConfig: JsonObject;
  readonly variablesSchema: JsonObject;
  readonly members: readonly CatalogueMember[];
}

export interface CatalogueIntegration {
  readonly slug: string;
  readonly publisher: string;
  readonly name: string;
  readonly description?: string;
  /** Oldest first. */
  readonly versions: readonly CatalogueVersion[];
}

/** Integrations with their version histories. Definitions stand once, however many versions share them. */
export interface Catalogue {
  readonly integrations: readonly CatalogueIntegration[];
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

/** Reads a catalogue, gzipped or plain. Throws `CliError` that names the file and the place when it is not one. */
export async function readCatalogue(file: string): Promise<Catalogue> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new CliError(`${file} cannot be read (${cause.message}): name a catalogue file.`, { cause });
  });
  try {
    return parseCatalogue((isGzip(bytes) ? await promisify(gunzip)(bytes) : bytes).toString('utf8'));
  } catch (cause) {
    throw new CliError(`${file} is not a catalogue: ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Checks what the importer relies on; the rest is for the server to judge. */
export function parseCatalogue(text: string): Catalogue {
  const catalogue: unknown = JSON.parse(text);
  const definitions = objectAt(objectAt(catalogue, '').definitions, '/definitions');
  for (const [key, definition] of Object.entries(definitions)) objectAt(definition, `/definitions/${key}`);
  eachAt(objectAt(catalogue, '').integrations, '/integrations', (integration, place) => checkIntegration(integration, place, definitions));
  return catalogue as Catalogue;
}

function checkIntegration(value: unknown, place: string, definitions: object): void {
  const integration = objectAt(value, place);
  for (const name of ['slug', 'publisher', 'name']) textAt(integration[name], `${place}/${name}`);
  eachAt(integration.versions, `${place}/versions`, (each, at) => {
    const version = objectAt(each, at);
    textAt(version.version, `${at}/version`);
    objectAt(version.authConfig, `${at}/authConfig`);
    objectAt(version.variablesSchema, `${at}/variablesSchema`);
    eachAt(version.members, `${at}/members`, (member, memberAt) => checkMember(member, memberAt, definitions));
  });
}

function checkMember(value: unknown, place: string, definitions: object): void {
  const member = objectAt(value, place);
  for (const name of ['slug', 'kind', 'name', 'definition']) textAt(member[name], `${place}/${name}`);
  const key = String(member.definition);
  if (!Object.hasOwn(definitions, key)) throw new Error(`${place}/definition names none of the definitions: ${key}`);
}

function eachAt(value: unknown, place: string, check: (item: unknown, place: string) => void): void {
  if (!Array.isArray(value)) throw new Error(`${place} is not an array`);
  for (const [index, item] of value.entries()) check(item, `${place}/${index}`);
}

function objectAt(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${place === '' ? 'it' : place} is not an object`);
}

function textAt(value: unknown, place: string): void {
  if (typeof value !== 'string' || value === '') throw new Error(`${place} is not a text`);
}
