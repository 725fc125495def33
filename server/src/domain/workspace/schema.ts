import Type from 'typebox';
import { PLATFORM_ROLES, type PlatformRole, ROLES } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import {
  idOf,
  listOf,
  mailbox,
  name as nameOf,
  nullable,
  oneOf,
  RETENTION_TIERS,
  SLUG,
  shape,
  slug,
  text,
  timestamp,
} from '../../lib/shape.ts';
import { TRUST_TIERS } from '../../lib/trust-tiers.ts';
import { MEMBERSHIP_STATES } from './resource.ts';

const id = idOf(PREFIX.workspace, 'The workspace.');
const userId = idOf(PREFIX.user, 'The user.');
const createdBy = idOf(PREFIX.user, 'Who created it.');
const createdAt = timestamp('When it was created.');
const updatedAt = timestamp('When it last changed.');
const name = nameOf();
const role = oneOf(ROLES, 'viewer reads; editor also authors, installs and upgrades; admin also manages members, keys and settings.');
const platformRoles = listOf(oneOf(PLATFORM_ROLES, 'A platform role.'), 'Platform-wide roles: reviewer, admin.');
const tier = oneOf(RETENTION_TIERS, 'How long deleted rows are kept: 7, 30 or 90 days, or for ever (`none`).');

const leastTrustTier = nullable(oneOf(TRUST_TIERS, 'The lowest trust tier that is let in; null: any.'));
const allowedPublishers = Type.Unsafe<string[] | null>({
  type: ['array', 'null'],
  items: { type: 'string', pattern: SLUG, maxLength: 64, description: 'A publisher, such as `acme`.' },
  maxItems: 200,
  description: 'The only publishers that are let in; null: any.',
});
const minReleaseAgeHours = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 0,
  maximum: 8760,
  description: 'Hours that a version must have been published; null: none.',
});
const rules = { leastTrustTier, allowedPublishers, minReleaseAgeHours };

export const InstallPolicy = shape(rules, {
  $id: 'InstallPolicy',
  description:
    "What others' integrations must be to be installed and upgraded here, dependencies included. The workspace's own always may.",
});
const InstallPolicyUpdate = shape(
  {
    leastTrustTier: Type.Optional(leastTrustTier),
    allowedPublishers: Type.Optional(allowedPublishers),
    minReleaseAgeHours: Type.Optional(minReleaseAgeHours),
  },
  { description: 'The rules to change; null lifts one.' },
);

export const Workspace = shape(
  {
    id,
    name,
    handle: slug('Globally unique, never changes; the publisher name of its integrations.'),
    retentionTier: tier,
    installPolicy: InstallPolicy,
    suspendedAt: nullable(timestamp('Since when it is suspended: readable, not changeable.')),
    createdBy,
    createdAt,
    updatedAt,
  },
  { $id: 'Workspace' },
);
export const WorkspaceCreate = shape({
  name,
  handle: slug('Globally unique, never changes; the publisher name of its integrations.'),
  retentionTier: Type.Optional(tier),
});
export const WorkspaceUpdate = shape({
  name: Type.Optional(name),
  retentionTier: Type.Optional(tier),
  installPolicy: Type.Optional(InstallPolicyUpdate),
});

const email = mailbox('Unique in any case.');
export const User = shape(
  {
    id: userId,
    email: nullable(
      text('Unique in any case. Null to all but the user, admins of a workspace that the user belongs to, and platform admins.', 320),
    ),
    name,
    platformRoles: Type.Unsafe<PlatformRole[] | null>({
      type: ['array', 'null'],
      items: oneOf(PLATFORM_ROLES, 'A platform role.'),
      description: 'Platform-wide roles: reviewer, admin. Null to whom the email is null.',
    }),
    createdAt,
    updatedAt,
  },
  { $id: 'User' },
);
export const UserCreate = shape({ email, name, platformRoles: Type.Optional(platformRoles) });

export const WorkspaceMembership = shape(
  {
    id: idOf(PREFIX.membership, 'The membership.'),
    workspaceId: id,
    userId: idOf(PREFIX.user, 'The user. Of an invitation: whom it names, whether there is such a user or not.'),
    role,
    state: oneOf(MEMBERSHIP_STATES, 'invited: its user has not accepted yet, and is not a member.'),
    createdBy,
    createdAt,
    acceptedAt: nullable(timestamp('When its user accepted; null while it is an invitation.')),
    updatedAt,
  },
  { $id: 'WorkspaceMembership' },
);
export const MembershipCreate = shape({ userId, role });
export const MembershipUpdate = shape({ role });
