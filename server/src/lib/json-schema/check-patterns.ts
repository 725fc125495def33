import { isObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { patternCost, patternFault } from './pattern.ts';
import { below, type Place } from './place.ts';
import type { Part } from './tree.ts';
import type { Finding } from './visit.ts';

interface Sourced {
  readonly source: string;
  readonly place: Place;
}

/** What is wrong with the patterns of a schema. They are compiled only if all of them together do not take too long. */
export function patternFindings(parts: readonly Part[]): Finding[] {
  const patterns = parts.flatMap(patternsOf);
  const tooLong = patterns.filter(({ source }) => source.length > SCHEMA_CAPS.patternLength);
  if (tooLong.length > 0)
    return tooLong.map(({ place }) => ({ place, message: `must be at most ${SCHEMA_CAPS.patternLength} characters` }));
  const sources = new Set(patterns.map(({ source }) => source));
  const excess = excessOf([...sources]);
  if (excess !== null) return [{ place: null, message: excess }];
  const faults = new Map([...sources].map((source) => [source, patternFault(source)]));
  return patterns.flatMap(({ source, place }) => {
    const message = faults.get(source) ?? null;
    return message === null ? [] : [{ place, message }];
  });
}

/** The `pattern` of a subschema, and the names of its `patternProperties`. */
function patternsOf({ value, place }: Part): Sourced[] {
  if (!isObject(value)) return [];
  const { pattern = null, patternProperties = null } = value;
  const names = isObject(patternProperties) ? Object.keys(patternProperties) : [];
  return [
    ...(typeof pattern === 'string' ? [{ source: pattern, place: below(place, 'pattern') }] : []),
    ...names.map((source) => ({ source, place: below(below(place, 'patternProperties'), source) })),
  ];
}

function excessOf(sources: readonly string[]): string | null {
  const costs = sources.map(patternCost);
  const size = costs.reduce((sum, cost) => sum + cost.size, 0);
  const classes = costs.reduce((sum, cost) => sum + cost.unicodeClasses, 0);
  if (size > SCHEMA_CAPS.patternSize)
    return `has patterns that are too large: with their repetitions written out, they must be at most ${SCHEMA_CAPS.patternSize} long together, and are ${size}`;
  if (classes > SCHEMA_CAPS.unicodeClasses) return `must have at most ${SCHEMA_CAPS.unicodeClasses} Unicode classes \\p{…} in its patterns`;
  return null;
}
