import { describe, expect, test } from 'vitest';
import type { Comparable } from './comparable.ts';
import { consentNeeds } from './consent.ts';

const plain: Comparable = { members: [], manifest: {}, variablesSchema: {}, authConfig: {}, hosts: [] };

describe('what a version needs consent for', () => {
  test('nothing, when it asks for what the one before did, or for less', () => {
    const asking: Comparable = {
      ...plain,
      variablesSchema: { properties: { a: {}, b: {} }, required: ['a', 'b'] },
      authConfig: { type: 'oauth2', scopes: ['read', 'write'] },
    };
    const less: Comparable = {
      ...asking,
      variablesSchema: { properties: { a: {}, c: {} }, required: ['a'] },
      authConfig: { type: 'oauth2', scopes: ['read'] },
    };
    expect(consentNeeds(asking, asking)).toEqual([]);
    expect(consentNeeds(asking, less)).toEqual([]);
  });

  test('another auth type, wider scopes and variables that became required, one need of each kind', () => {
    const to: Comparable = {
      ...plain,
      variablesSchema: { properties: { a: {}, b: {} }, required: ['a', 'b'] },
      authConfig: { type: 'oauth2', scopes: ['read'] },
    };
    expect(consentNeeds(plain, to)).toEqual([
      { kind: 'auth_type', detail: 'the auth type goes from none to oauth2', added: ['oauth2'] },
      { kind: 'scopes', detail: 'the scopes widen by read', added: ['read'] },
      { kind: 'required_variable', detail: 'the variables a, b are now required', added: ['a', 'b'] },
    ]);
  });

  test('an auth config of {} is that of type none', () => {
    expect(consentNeeds(plain, { ...plain, authConfig: { type: 'none' } })).toEqual([]);
  });
});
