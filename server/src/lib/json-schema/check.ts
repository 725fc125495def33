import type { Fault } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { patternFindings } from './check-patterns.ts';
import { expansionFindings, referenceFindings } from './check-references.ts';
import { formFault } from './forms.ts';
import { below, pointerOf } from './place.ts';
import { Run, TooCostly } from './run.ts';
import { isSchema, type Part, partsOf } from './tree.ts';
import type { Finding } from './visit.ts';

/**
 * Everything wrong with a JSON Schema 2020-12 that a user wrote: the form of each keyword, references that lead nowhere, out of the
 * schema or in circles, patterns that do not run in linear time, caps (`SCHEMA_CAPS`), defaults that break their own schema. A schema
 * without faults is safe to use with `validate` and `withDefaults`. Pure; nothing is fetched; the time is bounded by the caps.
 */
export function checkSchema(schema: JsonObject): Fault[] {
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  if (bytes > SCHEMA_CAPS.bytes) return [{ pointer: '', message: `must be at most ${SCHEMA_CAPS.bytes} bytes of JSON; it has ${bytes}` }];
  return findingsIn(schema)
    .slice(0, SCHEMA_CAPS.faults)
    .map(({ place, message }) => ({ pointer: pointerOf(place), message }));
}

/** One question after the other: circles are looked for once every reference leads somewhere, defaults are validated once there are none. */
function findingsIn(root: JsonObject): Finding[] {
  const parts = partsOf(root);
  if (parts.length > SCHEMA_CAPS.subschemas) return [{ place: null, message: `must have at most ${SCHEMA_CAPS.subschemas} subschemas` }];
  const findings = [...parts.flatMap(formFindings), ...referenceFindings(root, parts), ...patternFindings(parts)];
  if (findings.length > 0) return findings;
  const expansions = expansionFindings(root, parts);
  return expansions.length > 0 ? expansions : defaultFindings(root, parts);
}

function formFindings({ value, place }: Part): Finding[] {
  if (!isSchema(value)) return [{ place, message: 'must be a schema: an object, true or false' }];
  return Object.entries(value).flatMap(([keyword, argument]) => {
    const message = keyword === '$id' && place !== null ? 'is allowed at the root only' : formFault(keyword, argument);
    return message === null ? [] : [{ place: below(place, keyword), message }];
  });
}

/** All defaults share one budget of steps. */
function defaultFindings(root: JsonObject, parts: readonly Part[]): Finding[] {
  const run = new Run(root);
  try {
    return parts.flatMap((part) => defaultFindingsOf(part, run));
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    return [{ place: null, message: 'has defaults that take too long to check; make them smaller' }];
  }
}

function defaultFindingsOf({ value, place }: Part, run: Run): Finding[] {
  if (!isObject(value) || value.default === undefined) return [];
  const { findings } = run.apply(value, value.default, below(place, 'default'));
  return findings.map((finding) => ({ place: finding.place, message: `does not fit its own schema: it ${finding.message}` }));
}
