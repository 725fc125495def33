import type { Integration } from '../data.ts';

const asked = {
  teamName: { type: 'string', minLength: 1, title: 'Team that signs the replies' },
  helpdeskUrl: { type: 'string', format: 'uri', title: 'Address of your helpdesk' },
  urgentAfterHours: { type: 'integer', minimum: 1, default: 4 },
};

export const supportTriage: Integration = {
  slug: 'support-triage',
  name: 'Support inbox triage',
  description: 'Reads every new ticket, sorts it by topic and urgency, and drafts the first reply in your house style.',
  visibility: 'public',
  trustTier: 'verified_partner',
  releases: [
    {
      version: '1.0.0',
      changelog: 'First release: classification and drafted replies.',
      authConfig: { type: 'api_key', authHeaderName: 'X-Helpdesk-Key' },
      variablesSchema: {
        type: 'object',
        properties: asked,
        required: ['teamName', 'helpdeskUrl'],
      },
      members: {
        ticket: {
          kind: 'schema',
          name: 'Ticket',
          closure: true,
          definition: {
            type: 'object',
            properties: { subject: { type: 'string' }, body: { type: 'string' }, from: { type: 'string', format: 'email' } },
            required: ['subject', 'body'],
          },
        },
        'classify-ticket': {
          kind: 'function',
          name: 'Classify ticket',
          required: true,
          definition: { input: { $ref: '@ticket' }, labels: ['billing', 'delivery', 'returns', 'other'], confidence: 0.7 },
        },
        'reply-style': {
          kind: 'prompt',
          name: 'Reply style',
          defaultEnabled: true,
          definition: { template: 'Answer in two short paragraphs. Be warm and concrete.\n\nYours,\n{{ variables.teamName }}' },
        },
        'triage-agent': {
          kind: 'agent',
          name: 'Triage agent',
          required: true,
          dependsOn: ['reply-style'],
          definition: {
            instructions: 'Sort the ticket, then draft a first reply. Never promise a refund.',
            tools: ['@classify-ticket'],
            style: '@reply-style',
          },
        },
        'inbox-watch': {
          kind: 'workflow',
          name: 'Inbox watch',
          required: true,
          definition: {
            trigger: { every: 'PT2M', url: '{{ variables.helpdeskUrl }}/tickets?state=new' },
            steps: [{ run: '@triage-agent' }, { flagAfterHours: '{{ variables.urgentAfterHours }}' }],
          },
        },
      },
    },
    {
      version: '1.1.0',
      changelog: 'Knows complaints, and can read the mood of a message.',
      members: {
        'classify-ticket': {
          definition: { input: { $ref: '@ticket' }, labels: ['billing', 'delivery', 'returns', 'complaint', 'other'], confidence: 0.75 },
        },
        'reply-style': {
          definition: { template: 'Answer in two short paragraphs. Name the next step.\n\nYours,\n{{ variables.teamName }}' },
        },
        'read-mood': {
          kind: 'function',
          name: 'Read mood',
          defaultEnabled: true,
          definition: { input: { $ref: '@ticket' }, scale: [-1, 1] },
        },
      },
    },
    {
      version: '2.0.0',
      changelog: 'Spam is caught first. Moods are part of the classification. The reply style is now the house style.',
      variablesSchema: {
        type: 'object',
        properties: { ...asked, escalationEmail: { type: 'string', format: 'email', title: 'Who hears of angry customers' } },
        required: ['teamName', 'helpdeskUrl', 'escalationEmail'],
      },
      members: {
        'read-mood': null,
        'classify-ticket': {
          definition: {
            input: { $ref: '@ticket' },
            labels: ['billing', 'delivery', 'returns', 'complaint', 'other'],
            mood: true,
            confidence: 0.75,
          },
        },
        'house-style': { renamedFrom: 'reply-style', name: 'House style' },
        'spam-guard': { kind: 'function', name: 'Spam guard', required: true, definition: { input: { $ref: '@ticket' }, threshold: 0.9 } },
        'triage-agent': {
          dependsOn: ['house-style', 'spam-guard'],
          definition: {
            instructions: 'Drop spam, sort the ticket, then draft a first reply. Send anger to {{ variables.escalationEmail }}.',
            tools: ['@spam-guard', '@classify-ticket'],
            style: '@house-style',
          },
        },
      },
    },
  ],
};
