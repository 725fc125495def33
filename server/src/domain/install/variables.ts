import { Problem } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { withDefaults } from '../../lib/json-schema/defaults.ts';
import { validate } from '../../lib/json-schema/validate.ts';
import type { Snapshot } from '../integration/snapshot.ts';

/** The given values, completed with the manifest's defaults and then the schema's. Pure. */
export function completeVariables({ manifest, variablesSchema }: Snapshot, given: JsonObject): JsonObject {
  return withDefaults(variablesSchema, { ...manifest.defaults?.variables, ...given });
}

/** The version's required variables that have no value yet. */
export function missingVariables({ variablesSchema }: Snapshot, variables: JsonObject): string[] {
  const required = Array.isArray(variablesSchema.required) ? variablesSchema.required.map(String) : [];
  return required.filter((name) => !Object.hasOwn(variables, name));
}

export function refuseBadVariables(snapshot: Snapshot, variables: JsonObject): void {
  if (Object.keys(snapshot.variablesSchema).length === 0) return;
  const faults = validate(snapshot.variablesSchema, variables, '/variables');
  if (faults.length > 0) throw new Problem('invalid_body', `The variables do not fit version ${snapshot.version}; see errors.`, { faults });
}
