import type { Integration } from '../data.ts';

export const releaseAnnouncer: Integration = {
  slug: 'release-announcer',
  name: 'Release announcer',
  description: 'Turns merged changes into release notes: one text for users, one for colleagues.',
  visibility: 'unlisted',
  releases: [
    {
      version: '0.9.0',
      changelog: 'For a few friends to try.',
      variablesSchema: {
        type: 'object',
        properties: {
          product: { type: 'string', minLength: 1 },
          channels: { type: 'array', items: { enum: ['mail', 'chat', 'site'] }, default: ['chat'] },
        },
        required: ['product'],
        additionalProperties: false,
      },
      members: {
        'collect-changes': {
          kind: 'function',
          name: 'Collect changes',
          required: true,
          definition: { since: 'last tag', ignore: ['chore', 'test'] },
        },
        'user-voice': {
          kind: 'prompt',
          name: 'User voice',
          defaultEnabled: true,
          definition: { template: 'Say what users of {{ variables.product }} can do now that they could not before. No jargon.' },
        },
        announcer: {
          kind: 'agent',
          name: 'Announcer',
          required: true,
          definition: { tools: ['@collect-changes'], voice: '@user-voice', publishTo: '{{ variables.channels }}' },
        },
      },
    },
    {
      version: '1.0.0',
      changelog: 'Colleagues get a text of their own. Somebody approves before anything is sent.',
      members: {
        'colleague-voice': {
          kind: 'prompt',
          name: 'Colleague voice',
          defaultEnabled: true,
          definition: { template: 'What changed in {{ variables.product }}, what to watch, and who to ask.' },
        },
        'approve-notes': {
          kind: 'workflow',
          name: 'Approve notes',
          required: true,
          definition: { steps: [{ ask: '@announcer' }, { waitFor: 'approval' }] },
        },
        announcer: {
          definition: { tools: ['@collect-changes'], voices: ['@user-voice', '@colleague-voice'], publishTo: '{{ variables.channels }}' },
        },
      },
    },
  ],
};
