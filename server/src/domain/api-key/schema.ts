import Type from 'typebox';
import { PLATFORM_ROLES, ROLES } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { idOf, listOf, name as nameOf, nullable, oneOf, shape, text, timestamp } from '../../lib/shape.ts';
import { User, WorkspaceMembership } from '../workspace/schema.ts';

const workspaceId = idOf(PREFIX.workspace, 'The one workspace in which the key acts.');
const name = nameOf('What the key is for.');
const role = oneOf(ROLES, 'What a secret key may do in its workspace. A publishable key only reads the public marketplace.');

const origins = Type.Unsafe<string[] | null>({
  type: ['array', 'null'],
  items: Type.Unsafe<string>({ type: 'string', format: 'origin', maxLength: 260 }),
  minItems: 1,
  maxItems: 20,
  description: 'Origins of the pages that may use a publishable key, such as `https://app.example.com`; null: any.',
});

const shown = {
  id: idOf(PREFIX.apiKey, 'The key (not its secret).'),
  workspaceId: nullable(workspaceId),
  name,
  kind: oneOf(['secret', 'publishable', 'bootstrap'], 'secret (`sec_`), publishable (`pub_`), or the platform-wide bootstrap key.'),
  role: nullable(role),
  origins,
  createdBy: nullable(idOf(PREFIX.user, 'Who minted it; a secret key acts in their name. Null to a publishable key.')),
  createdAt: timestamp('When it was minted.'),
  expiresAt: nullable(timestamp('When it stops working; null: never.')),
  revokedAt: nullable(timestamp('When it was revoked.')),
};

export const ApiKey = shape(shown, { $id: 'ApiKey' });
export const ApiKeyWithSecret = shape(
  {
    ...shown,
    secret: nullable(
      text('The bearer token. Shown in this answer only: just its digest is stored. Null when a retry is answered again.', 100),
    ),
  },
  { $id: 'ApiKeyWithSecret' },
);
export const ApiKeyCreate = shape({
  workspaceId,
  name,
  role: Type.Optional(role),
  origins: Type.Optional(origins),
  kind: oneOf(['secret', 'publishable'], 'secret keys act with their role; publishable keys may be put into browsers.'),
  expiresAt: Type.Optional(nullable(timestamp('When it stops working, in the future; absent: never.'))),
});

export const Me = shape(
  {
    user: Type.Union([User, Type.Null()], { description: 'The user who acts, or who minted the secret key; null for a publishable key.' }),
    key: Type.Union([ApiKey, Type.Null()], { description: 'The key of this request.' }),
    memberships: listOf(WorkspaceMembership, "The user's memberships that are accepted; to a key, those in its own workspace."),
    platformRoles: listOf(oneOf(PLATFORM_ROLES, 'A platform role.'), 'Platform roles that this request acts with.'),
  },
  { $id: 'Me' },
);
