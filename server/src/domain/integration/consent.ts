import type { JsonObject } from '../../lib/json.ts';
import type { Comparable } from './advice.ts';

/** Something that a version newly asks of whoever installs it, and that no policy may agree to in their place. */
export interface ConsentNeed {
  readonly kind: 'auth_type' | 'scopes' | 'required_variable';
  /** The need as a sentence. */
  readonly detail: string;
  /** What is new: the auth type, the scopes, the variables. */
  readonly added: readonly string[];
}

/** What going from one version to the other needs consent for; empty: nothing. At most one need of each kind. Pure. */
export function consentNeeds(from: Comparable, to: Comparable): readonly ConsentNeed[] {
  return [...authType(from, to), ...scopes(from, to), ...requiredVariables(from, to)];
}

function authType({ authConfig: from }: Comparable, { authConfig: to }: Comparable): ConsentNeed[] {
  const [before, after] = [from.type ?? 'none', to.type ?? 'none'];
  return before === after ? [] : [{ kind: 'auth_type', detail: `the auth type goes from ${before} to ${after}`, added: [after] }];
}

function scopes({ authConfig: from }: Comparable, { authConfig: to }: Comparable): ConsentNeed[] {
  const had = new Set(from.scopes);
  const added = (to.scopes ?? []).filter((scope) => !had.has(scope));
  return added.length === 0 ? [] : [{ kind: 'scopes', detail: `the scopes widen by ${added.join(', ')}`, added }];
}

function requiredVariables(from: Comparable, to: Comparable): ConsentNeed[] {
  const had = new Set(requiredOf(from.variablesSchema));
  const added = requiredOf(to.variablesSchema).filter((name) => !had.has(name));
  if (added.length === 0) return [];
  const detail = added.length === 1 ? `the variable ${added[0]} is now required` : `the variables ${added.join(', ')} are now required`;
  return [{ kind: 'required_variable', detail, added }];
}

const requiredOf = (schema: JsonObject): readonly string[] => (Array.isArray(schema.required) ? (schema.required as string[]) : []);
