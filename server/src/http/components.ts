import { isDeepStrictEqual } from 'node:util';
import type { TSchema } from 'typebox';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { plainSchema } from '../lib/plain-schema.ts';
import { FORMAT_PATTERNS } from '../lib/text-formats.ts';

/** Collects the named schemas of a document: each is written once, under its `$id`, and referred to elsewhere. */
export class Components {
  readonly schemas: Record<string, JsonObject> = {};

  /** The schema as it stands where it is used: a `$ref` when it has a name. */
  use(schema: TSchema | JsonObject): Json {
    return this.#hoist(plainSchema(schema));
  }

  /** Two different schemas under one name are a bug of the routes. */
  name(name: string, schema: JsonObject): Json {
    const known = this.schemas[name];
    if (known !== undefined && !isDeepStrictEqual(known, schema)) throw new Error(`two different schemas are named ${name}`);
    this.schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  #hoist(node: Json): Json {
    if (Array.isArray(node)) return node.map((item) => this.#hoist(item));
    if (!isObject(node)) return node;
    const { $id, ...rest } = Object.fromEntries(
      Object.entries(node).flatMap(([key, value]) => (ours(key) ? [] : [[key, this.#hoist(value)]])),
    );
    const told =
      typeof rest.format === 'string' && rest.format in FORMAT_PATTERNS
        ? { ...rest, pattern: FORMAT_PATTERNS[rest.format] as string }
        : rest;
    return typeof $id === 'string' ? this.name($id, told) : told;
  }
}

/** Keywords that only our own messages know. */
const ours = (key: string): boolean => key === 'x-id' || key === 'x-expected';
