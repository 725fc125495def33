/** Who may do what, read from the document: the least role that is let through. */
import type { ApiOperation } from '../contract/document.ts';

/** Each role may do what the ones before it may. */
export const ROLES = ['nobody', 'publishable', 'viewer', 'editor', 'admin', 'platform_admin'] as const;
export type TestedRole = (typeof ROLES)[number];

/** The least role in the workspace of the row that is asked for, or in the one that the body names. */
export function leastRole({ permission, names }: ApiOperation): TestedRole {
  const { need, role, into, platformAdmin, reviewer, person, publishable, seenBy } = permission;
  if (need === 'nothing') return 'nobody';
  if (need === 'platform_admin' || platformAdmin || reviewer || person) return 'platform_admin';
  if (publishable) return 'publishable';
  const seen = names === null ? 'viewer' : (seenBy ?? 'viewer');
  return [role ?? 'viewer', into ?? 'viewer'].reduce<TestedRole>((one, other) => (isBelow(one, other) ? other : one), seen);
}

export const isBelow = (role: TestedRole, least: TestedRole): boolean => ROLES.indexOf(role) < ROLES.indexOf(least);

/** A search is the list with its parameters in the body. */
export const listedAs = (operationId: string): string => operationId.replace(/^search/, 'list');
