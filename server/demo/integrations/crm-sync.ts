import type { Integration } from '../data.ts';

export const crmSync: Integration = {
  slug: 'crm-sync',
  name: 'CRM sync',
  description: 'Keeps contacts and deals of your CRM in step with what agents learn in conversations.',
  visibility: 'public',
  trustTier: 'vendor_official',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release: contacts both ways.',
      authConfig: {
        type: 'oauth2',
        scopes: ['contacts.read', 'contacts.write'],
        authorizationUrl: 'https://login.crm.example/oauth2/authorize',
        tokenUrl: 'https://login.crm.example/oauth2/token',
      },
      variablesSchema: {
        type: 'object',
        properties: {
          region: { enum: ['eu', 'us', 'ap'], default: 'eu' },
          overwrite: { type: 'boolean', default: false, title: 'Let conversations overwrite fields that people filled in' },
        },
        additionalProperties: false,
      },
      members: {
        'crm-connector': {
          kind: 'connector',
          name: 'CRM connector',
          description: 'Runs at the publisher: every workspace uses the same one.',
          required: true,
          forkOnInstall: false,
          definition: { baseUrl: 'https://api.crm.example/v3', pageSize: 200, retry: { attempts: 4, backoffMs: 500 } },
        },
        'field-map': {
          kind: 'function',
          name: 'Field map',
          defaultEnabled: true,
          definition: { contact: { mail: 'email', name: 'fullName', phone: 'mobile' }, unmapped: 'notes' },
        },
        'sync-contacts': {
          kind: 'workflow',
          name: 'Sync contacts',
          required: true,
          dependsOn: ['crm-connector'],
          definition: {
            trigger: { every: 'PT15M' },
            source: '@crm-connector',
            map: '@field-map',
            region: '{{ variables.region }}',
            overwrite: '{{ variables.overwrite }}',
          },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Deals too. Asks for two more scopes.',
      authConfig: {
        type: 'oauth2',
        scopes: ['contacts.read', 'contacts.write', 'deals.read', 'deals.write'],
        authorizationUrl: 'https://login.crm.example/oauth2/authorize',
        tokenUrl: 'https://login.crm.example/oauth2/token',
      },
      members: {
        'crm-connector': { definition: { baseUrl: 'https://api.crm.example/v4', pageSize: 500, retry: { attempts: 4, backoffMs: 500 } } },
        'field-map': {
          definition: {
            contact: { mail: 'email', name: 'fullName', phone: 'mobile', company: 'account' },
            deal: { title: 'name', value: 'amount' },
            unmapped: 'notes',
          },
        },
        'sync-deals': {
          kind: 'workflow',
          name: 'Sync deals',
          defaultEnabled: true,
          dependsOn: ['crm-connector'],
          definition: { trigger: { every: 'PT1H' }, source: '@crm-connector', map: '@field-map', region: '{{ variables.region }}' },
        },
      },
    },
    {
      version: '2.0.0-beta.1',
      changelog: 'A look ahead: changes arrive as they happen. Does not become the current version.',
      members: {
        'sync-contacts': {
          definition: { trigger: { on: 'contact.changed' }, source: '@crm-connector', map: '@field-map', region: '{{ variables.region }}' },
        },
      },
    },
  ],
};
