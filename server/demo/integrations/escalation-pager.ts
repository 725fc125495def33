import type { Integration } from '../data.ts';

export const escalationPager: Integration = {
  slug: 'escalation-pager',
  name: 'Escalation pager',
  description: 'An add-on to Support inbox triage: pages a person when an urgent ticket waits too long.',
  visibility: 'public',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release.',
      dependencies: [{ integration: 'lanternworks/support-triage', range: '^1.0.0' }],
      variablesSchema: {
        type: 'object',
        properties: {
          waitMinutes: { type: 'integer', minimum: 5, maximum: 240, default: 30 },
          channel: { enum: ['sms', 'call', 'chat'], default: 'chat' },
        },
        additionalProperties: false,
      },
      members: {
        'page-text': {
          kind: 'prompt',
          name: 'Page text',
          defaultEnabled: true,
          definition: { template: 'Ticket {{ticket.subject}} has waited {{ variables.waitMinutes }} minutes. Who takes it?' },
        },
        'send-page': {
          kind: 'function',
          name: 'Send page',
          required: true,
          definition: { channel: '{{ variables.channel }}', text: '@page-text', retries: 2 },
        },
        'escalation-clock': {
          kind: 'workflow',
          name: 'Escalation clock',
          required: true,
          dependsOn: ['send-page'],
          definition: { trigger: { every: 'PT5M' }, steps: [{ waitedMinutes: '{{ variables.waitMinutes }}' }, { run: '@send-page' }] },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Quiet hours: pages of the night wait for the morning unless the ticket is critical.',
      members: {
        'quiet-hours': {
          kind: 'function',
          name: 'Quiet hours',
          defaultEnabled: true,
          definition: { from: '22:00', to: '06:30', except: 'critical' },
        },
        'send-page': { definition: { channel: '{{ variables.channel }}', text: '@page-text', hold: '@quiet-hours', retries: 3 } },
      },
    },
    {
      version: '2.0.0',
      changelog: 'Goes with Support inbox triage 2.',
      dependencies: [{ integration: 'lanternworks/support-triage', range: '^2.0.0' }],
      members: {
        'page-text': {
          definition: { template: '{{ticket.subject}} from {{ticket.from}} has waited {{ variables.waitMinutes }} minutes. Who takes it?' },
        },
      },
    },
  ],
};
