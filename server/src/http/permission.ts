/** Who may call an operation, as the OpenAPI document tells it: as data for programs and tests, and as a sentence for people. */
import type { JsonObject } from '../lib/json.ts';
import type { Permission } from '../route.ts';
import type { Operation } from './operation.ts';

/** `x-mortise-permission`: the route's own permission, with its resource by name. */
export function permissionData({ permission, names, lists }: Operation): JsonObject {
  const { resource: _, ...rest } = { resource: null, ...permission };
  const { seenBy } = names ?? lists ?? {};
  return { ...rest, ...(names === null ? {} : { resource: names.name }), ...(seenBy === undefined ? {} : { seenBy }) };
}

/** `For the role editor or higher in the workspace that the integration belongs to.` */
export function permissionSentence({ permission, names, lists }: Operation): string {
  const { seenBy } = names ?? lists ?? {};
  const shown = seenBy === undefined || 'role' in permission ? '' : ` Only ${SEERS[seenBy]} see any.`;
  return `For ${whoMay(permission)}.${shown}`;
}

const SEERS = { admin: 'admins of a workspace', platform_admin: 'platform admins' } as const;

function whoMay(permission: Permission): string {
  switch (permission.need) {
    case 'nothing':
      return 'everybody, without a key';
    case 'key':
      return permission.publishable ? 'every key, publishable ones too' : 'every secret key';
    case 'platform_admin':
      return 'platform admins';
    case 'workspace':
      return `the role ${permission.role} or higher in the workspace that \`workspaceId\` names`;
    case 'target':
      return whoMayTouch(permission);
  }
}

type OfTarget = Extract<Permission, { need: 'target' }>;

function whoMayTouch({ resource, role, into, platformAdmin, reviewer, person, publishable, takesAway }: OfTarget): string {
  const thing = wordsOf(resource.name);
  const place = resource.name === 'Workspace' ? 'it' : `the workspace that the ${thing} belongs to`;
  const needs = [
    ...(platformAdmin ? ['platform admins'] : []),
    ...(person ? [`the user in person whom the ${thing} is about, and platform admins`] : []),
    ...(reviewer ? ['reviewers and platform admins'] : []),
    ...(role === undefined ? [] : [`the role ${role} or higher in ${place}`]),
    ...(into === undefined ? [] : [`the role ${into} or higher in the workspace that \`workspaceId\` names`]),
  ];
  if (needs.length > 0) return needs.join(' and ') + (takesAway ? ', while that is suspended too' : '');
  return `whoever sees the ${thing}${publishable ? ', with a publishable key too' : ''}`;
}

/** `IntegrationInstall` → `integration install`. */
export const wordsOf = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
