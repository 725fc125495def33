import { readFileSync } from 'node:fs';
import { PREFIX } from './lib/ids.ts';
import { isObject, type Json, type JsonObject } from './lib/json.ts';
import { parseJson } from './lib/json-parse.ts';
import { segmentsOf } from './lib/json-pointer.ts';
import { checkSchema } from './lib/json-schema/check.ts';
import { BUILT_IN_KINDS, type Kind } from './lib/kinds.ts';

/** Three-letter prefixes that ids and secrets have or will have. */
const RESERVED = [...Object.values(PREFIX), 'whk', 'rol', 'sec', 'pub', 'tok'];

interface Taken {
  readonly names: Set<string>;
  readonly prefixes: Set<string>;
}

/** The kinds in a file: a JSON array of `{ name, prefix, schema?, exposes?, mergeKeys? }`. Throws an error whose message follows the variable's name. */
export function kindsIn(file: string): readonly Kind[] {
  const kinds = readJson(file);
  if (!Array.isArray(kinds))
    throw new Error(
      `is ${JSON.stringify(file)}: expected a file with a JSON array of { "name", "prefix", "schema"?, "exposes"?, "mergeKeys"? }.`,
    );
  const taken = {
    names: new Set(BUILT_IN_KINDS.map(({ name }) => name)),
    prefixes: new Set([...RESERVED, ...BUILT_IN_KINDS.map(({ prefix }) => prefix)]),
  };
  return kinds.map((entry, position) => kindOf(entry, `is ${JSON.stringify(file)}, whose kind ${position + 1}`, taken));
}

/** One kind of the file. Notes its name and prefix as taken. */
function kindOf(entry: Json, subject: string, taken: Taken): Kind {
  const { name, prefix, schema = null, exposes = [], mergeKeys, ...rest }: JsonObject = isObject(entry) ? entry : {};
  const fail = (fault: string): Error => new Error(`${subject} ${fault}.`);
  if (typeof name !== 'string' || !/^[a-z][a-z0-9_]{0,39}$/.test(name))
    throw fail(`needs a name of a-z, 0-9 and _, at most 40, a letter first`);
  if (typeof prefix !== 'string' || !/^[a-z]{3}$/.test(prefix)) throw fail(`(${name}) needs a prefix of three letters a-z`);
  if (schema !== null && !isObject(schema)) throw fail(`(${name}) has a schema that is not a JSON object`);
  const [fault] = schema === null ? [] : checkSchema(schema);
  if (fault !== undefined) throw fail(`(${name}) has a schema that cannot be used: ${fault.pointer || 'the schema'} ${fault.message}`);
  if (!isListOfPointers(exposes))
    throw fail(`(${name}) has an exposes that cannot be used: expected JSON pointers such as /servers/*/url, at most ${MAX_POINTERS}`);
  if (mergeKeys !== undefined && !areMergeKeys(mergeKeys))
    throw fail(`(${name}) has mergeKeys that do not map JSON pointers of lists to the keys of their items`);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw fail(`(${name}) has the unknown field ${unknown}: expected name, prefix, schema, exposes, mergeKeys`);
  if (taken.names.has(name)) throw fail(`has the name ${name}, which another kind has`);
  if (taken.prefixes.has(prefix)) throw fail(`(${name}) has the prefix ${prefix}, which something else has`);
  taken.names.add(name);
  taken.prefixes.add(prefix);
  return { name, prefix, schema, ...(exposes.length > 0 && { exposes }), ...(mergeKeys !== undefined && { mergeKeys }) };
}

const MAX_POINTERS = 100;

const isListOfPointers = (value: Json): value is string[] =>
  Array.isArray(value) &&
  value.length <= MAX_POINTERS &&
  value.every((item) => typeof item === 'string' && item.length <= 500 && segmentsOf(item) !== null);

/** Pointers of lists, and keys of their items. */
const areMergeKeys = (value: Json): value is Record<string, string> =>
  isObject(value) && Object.entries(value).every(([at, key]) => segmentsOf(at) !== null && typeof key === 'string' && key !== '');

function readJson(file: string): Json {
  try {
    return parseJson(readFileSync(file));
  } catch (cause) {
    throw new Error(`is ${JSON.stringify(file)}, which cannot be read as JSON (${cause instanceof Error ? cause.message : cause}).`);
  }
}
