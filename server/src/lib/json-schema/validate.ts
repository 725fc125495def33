import type { Fault } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { pointerOf } from './place.ts';
import { Run, TooCostly } from './run.ts';

/**
 * Everything wrong with `value` by a JSON Schema 2020-12 that `checkSchema` found no fault with; none when it is valid. Pointers
 * begin with `prefix`. At most `SCHEMA_CAPS.faults` are told. The time is bounded by `SCHEMA_CAPS.steps`: what would take longer is
 * refused. `date`, `time`, `date-time`, `email`, `hostname`, `ipv4`, `ipv6`, `uri` and `uuid` are checked, other formats are not.
 */
export function validate(schema: JsonObject, value: Json, prefix = ''): Fault[] {
  try {
    const { findings } = new Run(schema).apply(schema, value, null);
    return findings.slice(0, SCHEMA_CAPS.faults).map(({ place, message }) => ({ pointer: prefix + pointerOf(place), message }));
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    return [{ pointer: prefix, message: 'takes too long to check against its schema; make it smaller, or the schema simpler' }];
  }
}
