import Type from 'typebox';
import { PLATFORM_ROLES, ROLES } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { idOf, listOf, nullable, oneOf, RETENTION_TIERS, shape, slug, text, timestamp } from '../../lib/shape.ts';

const id = idOf(PREFIX.workspace, 'The workspace.');
const userId = idOf(PREFIX.user, 'The user.');
const createdBy = idOf(PREFIX.user, 'Who created it.');
const createdAt = timestamp('When it was created.');
const updatedAt = timestamp('When it last changed.');
const name = text('Name shown to people.', 200, 1);
const role = oneOf(ROLES, 'viewer reads; editor also authors, installs and upgrades; admin also manages members, keys and settings.');
const platformRoles = listOf(oneOf(PLATFORM_ROLES, 'A platform role.'), 'Platform-wide roles: reviewer, admin.');
const tier = oneOf(RETENTION_TIERS, 'How long deleted rows are kept: 7, 30 or 90 days, or for ever (`none`).');

export const Workspace = shape(
  {
    id,
    name,
    handle: slug('Globally unique, never changes; the publisher name of its integrations.'),
    retentionTier: tier,
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
export const WorkspaceUpdate = shape({ name: Type.Optional(name), retentionTier: Type.Optional(tier) });

const email = Type.Unsafe<string>({
  type: 'string',
  pattern: '^[^@\\s]+@[^@\\s]+$',
  maxLength: 320,
  description: 'Unique in any case.',
  'x-expected': 'an email address',
});
export const User = shape({ id: userId, email, name, platformRoles, createdAt, updatedAt }, { $id: 'User' });
export const UserCreate = shape({ email, name, platformRoles: Type.Optional(platformRoles) });

export const WorkspaceMembership = shape(
  { id: idOf(PREFIX.membership, 'The membership.'), workspaceId: id, userId, role, createdBy, createdAt, updatedAt },
  { $id: 'WorkspaceMembership' },
);
export const MembershipCreate = shape({ userId, role });
export const MembershipUpdate = shape({ role });
