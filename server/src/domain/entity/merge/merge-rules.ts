/** What a kind of entities has to say to merges of its definitions. */
import { isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { canonicalJson } from '../../../lib/json-canonical.ts';
import { JSON_LIMITS } from '../../../lib/json-parse.ts';
import { validate } from '../../../lib/json-schema/validate.ts';
import type { Kind } from '../../../lib/kinds.ts';
import type { MergeKeys } from '../../../lib/merge/keys.ts';
import { DEFINITION_BYTES } from '../definitions.ts';

/** Three definitions: what both came from, the clone's, and the one that comes in. */
export interface DefinitionSides {
  readonly base: JsonObject;
  readonly ours: JsonObject;
  readonly theirs: JsonObject;
}

export interface MergeRules {
  readonly keys: MergeKeys;
  /** Why a merged definition cannot be, though each of the sides can; null when it can. */
  readonly misfit: (merged: Json, sides: DefinitionSides) => string | null;
}

export const rulesOf = (kind: Kind | null): MergeRules => ({
  keys: kind?.mergeKeys ?? {},
  misfit: (merged, sides) => sizeFault(merged) ?? schemaFault(kind?.schema ?? null, merged, sides),
});

/** Each side is within the caps; together they may not be. */
function sizeFault(merged: Json): string | null {
  if (!isObject(merged)) return 'the merged definition is no JSON object';
  const bytes = Buffer.byteLength(canonicalJson(merged));
  if (bytes > DEFINITION_BYTES) return `merged it has ${bytes} bytes of JSON; at most ${DEFINITION_BYTES} are allowed`;
  const { depth, values } = extentOf(merged);
  if (depth > JSON_LIMITS.depth) return `merged it is nested ${depth} levels deep; at most ${JSON_LIMITS.depth} are allowed`;
  return values > JSON_LIMITS.items ? `merged it has ${values} keys and items; at most ${JSON_LIMITS.items} are allowed` : null;
}

/** How deep a value is nested, and how many keys and items are in it. */
function extentOf(value: Json): { depth: number; values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 0 };
  const parts = Array.isArray(value) ? value : Object.values(value);
  const extent = { depth: 0, values: parts.length };
  for (const part of parts) {
    const inner = extentOf(part);
    extent.depth = Math.max(extent.depth, inner.depth);
    extent.values += inner.values;
  }
  return { ...extent, depth: extent.depth + 1 };
}

/** A fault that a side has as well is not the merge's: variables that were put in may break a schema. */
function schemaFault(schema: JsonObject | null, merged: Json, { ours, theirs }: DefinitionSides): string | null {
  const [fault] = schema === null ? [] : validate(schema, merged);
  if (schema === null || fault === undefined || validate(schema, ours).length > 0 || validate(schema, theirs).length > 0) return null;
  return `merged it breaks the schema of its kind: ${fault.pointer || 'the definition'} ${fault.message}`;
}
