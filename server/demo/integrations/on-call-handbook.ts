import type { Integration } from '../data.ts';

export const onCallHandbook: Integration = {
  slug: 'on-call-handbook',
  name: 'On-call handbook',
  description: 'Runbooks that answer: what to check first, whom to wake, what to tell customers.',
  visibility: 'public',
  trustTier: 'verified_partner',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release: databases and queues.',
      variablesSchema: {
        type: 'object',
        properties: { statusPage: { type: 'string', format: 'uri' }, timezone: { type: 'string', default: 'Europe/Berlin' } },
        required: ['statusPage'],
        additionalProperties: false,
      },
      members: {
        runbooks: {
          kind: 'knowledge_base',
          name: 'Runbooks',
          description: 'Kept by Harborline for everybody.',
          required: true,
          forkOnInstall: false,
          definition: { chapters: ['Database is slow', 'Queue is growing', 'Disk is full'], edition: 3 },
        },
        'wake-up-order': {
          kind: 'prompt',
          name: 'Wake-up order',
          defaultEnabled: true,
          definition: { template: 'Primary first, secondary after 10 minutes, manager after 20. Times are in {{ variables.timezone }}.' },
        },
        'on-call-aide': {
          kind: 'agent',
          name: 'On-call aide',
          required: true,
          definition: { instructions: 'Ask what is seen, then give one step at a time.', knowledge: '@runbooks', order: '@wake-up-order' },
        },
        'status-note': {
          kind: 'function',
          name: 'Status note',
          defaultEnabled: true,
          definition: { post: '{{ variables.statusPage }}/notes', maxCharacters: 280 },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Runbooks for certificates and DNS.',
      members: {
        runbooks: {
          definition: {
            chapters: ['Database is slow', 'Queue is growing', 'Disk is full', 'Certificate expired', 'DNS is wrong'],
            edition: 4,
          },
        },
      },
    },
    {
      version: '2.0.0',
      changelog: 'The wake-up order is a rota with handover. Status notes became part of the aide.',
      members: {
        'status-note': null,
        rota: {
          renamedFrom: 'wake-up-order',
          name: 'Rota',
          definition: { template: 'Follow the rota; hand over at 09:00 {{ variables.timezone }} with three sentences.' },
        },
        'on-call-aide': {
          definition: {
            instructions: 'Ask what is seen, give one step at a time, and keep {{ variables.statusPage }} honest.',
            knowledge: '@runbooks',
            order: '@rota',
          },
        },
        handover: {
          kind: 'workflow',
          name: 'Handover',
          required: true,
          definition: { trigger: { cron: '0 9 * * *' }, steps: [{ ask: '@on-call-aide' }] },
        },
      },
    },
  ],
};
