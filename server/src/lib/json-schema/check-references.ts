import { isObject, type Json, type JsonObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { below, type Place } from './place.ts';
import { Refs } from './refs.ts';
import { type Part, type Schema, subschemas } from './tree.ts';
import type { Finding } from './visit.ts';

/** References that lead out of the schema or nowhere, and names given twice. */
export function referenceFindings(root: JsonObject, parts: readonly Part[]): Finding[] {
  const refs = new Refs(root);
  const schemas = new Set(parts.map(({ value }) => value));
  const anchors = new Set<Json>();
  return parts.flatMap(({ value, place }) => {
    const { $ref, $anchor } = isObject(value) ? value : {};
    const findings: Finding[] = [];
    const fault = typeof $ref === 'string' ? refFault($ref, refs, schemas) : null;
    if (fault !== null) findings.push({ place: below(place, '$ref'), message: fault });
    if ($anchor === undefined) return findings;
    if (anchors.has($anchor)) findings.push({ place: below(place, '$anchor'), message: 'is the name of another subschema already' });
    anchors.add($anchor);
    return findings;
  });
}

function refFault(ref: string, refs: Refs, schemas: ReadonlySet<Json>): string | null {
  if (!ref.startsWith('#')) return 'must begin with #: only references within the schema are followed, nothing is fetched';
  const target = refs.resolve(ref);
  return target === null || !schemas.has(target) ? 'leads to no schema within this one' : null;
}

/**
 * Subschemas that refer to themselves without going into a property or an item, so that no value would ever end the circle; and
 * those that unfold into too many on one value, as by `allOf` of two references twenty times over.
 */
export function expansionFindings(root: JsonObject, parts: readonly Part[]): Finding[] {
  const expansion = new Expansion(root, parts);
  for (const { value, place } of parts) expansion.sizeOf(value as Schema, place);
  return expansion.findings;
}

/** Counts, for each subschema, how many subschemas a value meets there. Each is counted once, so the time is linear. */
class Expansion {
  readonly findings: Finding[] = [];
  readonly #refs: Refs;
  readonly #places: ReadonlyMap<Json, Place>;
  readonly #sizes = new Map<JsonObject, number | 'being counted'>();

  constructor(root: JsonObject, parts: readonly Part[]) {
    this.#refs = new Refs(root);
    this.#places = new Map(parts.map(({ value, place }) => [value, place]));
  }

  /** `from`: the place that leads to the schema, for the finding. */
  sizeOf(schema: Schema, from: Place): number {
    if (!isObject(schema)) return 1;
    const known = this.#sizes.get(schema);
    if (known === 'being counted') return this.#report(from, 'refers to itself without going into a property or an item');
    if (known !== undefined) return known;
    this.#sizes.set(schema, 'being counted');
    const size = this.#count(schema);
    this.#sizes.set(schema, size);
    return size;
  }

  #count(schema: JsonObject): number {
    const place = this.#places.get(schema) ?? null;
    let size = 1;
    for (const { segments, value, inPlace } of subschemas(schema))
      if (inPlace) size += this.sizeOf(value as Schema, segments.reduce<Place>(below, place));
    const target = typeof schema.$ref === 'string' ? this.#refs.resolve(schema.$ref) : null;
    if (target !== null) size += this.sizeOf(target, below(place, '$ref'));
    return size <= SCHEMA_CAPS.expansion
      ? size
      : this.#report(place, `unfolds into more than ${SCHEMA_CAPS.expansion} subschemas for one value`);
  }

  /** What is reported counts as 1 for what is around it, so that it is reported once. */
  #report(place: Place, message: string): number {
    this.findings.push({ place, message });
    return 1;
  }
}
