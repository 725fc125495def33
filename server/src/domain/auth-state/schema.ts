import Type from 'typebox';
import { PREFIX } from '../../lib/ids.ts';
import { idOf, listOf, name as nameOf, nullable, oneOf, retentionTier, scopeToken, shape, text, timestamp } from '../../lib/shape.ts';
import { AUTH_STATE_STATUSES, AUTH_STATE_TYPES } from './resource.ts';

const name = nameOf();
const type = oneOf(AUTH_STATE_TYPES, 'What kind of credentials it holds.');
const scopes = listOf(scopeToken('A scope.'), 'Scopes that the credentials were granted.');
const expiresAt = timestamp('When the credentials stop working.');
const token = (description: string) => text(description, 16_384, 1);

const ApiKeySecret = shape({ apiKey: token('The API key.') });
const OAuth2Secret = shape({
  accessToken: token('The access token.'),
  refreshToken: Type.Optional(token('The refresh token.')),
  expiresAt: Type.Optional(timestamp('When the access token stops working.')),
});
export const SECRETS = { api_key: ApiKeySecret, oauth2: OAuth2Secret } as const;
const secret = Type.Unsafe<Record<string, string>>({
  type: 'object',
  description: 'api_key: `{apiKey}`; oauth2: `{accessToken, refreshToken?, expiresAt?}`. Sealed at once, never shown again.',
});

export const AuthState = shape(
  {
    id: idOf(PREFIX.authState, 'The auth state.'),
    workspaceId: idOf(PREFIX.workspace, 'The workspace that owns it.'),
    name,
    type,
    status: oneOf(AUTH_STATE_STATUSES, 'Whether the credentials can be used.'),
    scopes,
    expiresAt: nullable(expiresAt),
    createdBy: idOf(PREFIX.user, 'Who created it.'),
    createdAt: timestamp('When it was created.'),
    updatedAt: timestamp('When it last changed.'),
    deletedAt: nullable(timestamp('When it was deleted; null while active.')),
    retentionTier: nullable(retentionTier),
  },
  { $id: 'AuthState' },
);

export const AuthStateCreate = shape({
  workspaceId: idOf(PREFIX.workspace, 'The workspace that will own it.'),
  name,
  type,
  secret,
  scopes: Type.Optional(scopes),
  expiresAt: Type.Optional(nullable(expiresAt)),
});

export const AuthStateUpdate = shape({
  name: Type.Optional(name),
  secret: Type.Optional(secret),
  scopes: Type.Optional(scopes),
  expiresAt: Type.Optional(nullable(expiresAt)),
  status: Type.Optional(oneOf(['active', 'revoked'], 'Revoke the credentials, or take that back.')),
});
